import type { Clock, ServerRequest } from "@credicorp/oauth-core";

import { finishAnswer, problemAnswer } from "../admin/admin-answer.ts";
import { notFound } from "../admin/admin-problem.ts";
import { withHealth } from "../admin/health.ts";
import { endpointOf } from "../http/sandbox-paths.ts";
import type { SandboxHandler, SandboxResponse } from "../http/sandbox-response.ts";
import { pathOf } from "../http/target-path.ts";
import {
  insertedMetadataTarget,
  namespaceOf,
  namespacePrefix,
} from "../namespaces/namespace-path.ts";
import type { RequestGuard } from "../safety/guard-requests.ts";
import { withRequestGuard } from "../safety/guard-requests.ts";
import type { OpenSpace } from "./open-space.ts";

/** What a listener answers: everything, or the admin API on a port of its own and all else on the other. */
export interface SandboxFront {
  readonly everything: SandboxHandler;
  readonly withoutAdmin: SandboxHandler;
  readonly adminOnly: SandboxHandler;
}

/** What a target is meant for, and the target as it is known there. */
interface Place {
  readonly space: OpenSpace;
  readonly target: string;

  /** The namespace that was meant, when there is none of that name. */
  readonly missing: string | undefined;
}

/** Makes the front of a sandbox: it guards, answers for health, and finds the namespace and the API that are meant. */
export function createSandboxFront(options: {
  readonly main: () => OpenSpace;
  readonly findNamespace: (name: string) => OpenSpace | undefined;
  readonly guard: Pick<RequestGuard, "isAllowedHost" | "allowsAddresses">;
  readonly clock: Pick<Clock, "now">;
}): SandboxFront {
  const { main, findNamespace, guard, clock } = options;
  const find = (target: string): Place => {
    const name = namespaceOf(pathOf(target));
    const space = name === undefined ? undefined : findNamespace(name);
    if (name === undefined || space === undefined) return { space: main(), target, missing: name };
    return { space, target: insertedMetadataTarget(target, name), missing: undefined };
  };
  const isPublicDocument = (path: string): boolean => {
    const { space, target } = find(path);
    return ["metadata", "jwks"].includes(endpointOf(target, space.instance.server().policy));
  };
  const protect = (handle: SandboxHandler): SandboxHandler =>
    withRequestGuard(withHealth(handle, { isReady: () => main().instance.isReady(), clock }), {
      ...guard,
      isPublicDocument,
      clock,
      note: (refuse) => (request) => find(request.target).space.noteStrangers(refuse)(request),
    });
  const handleAt = ({ space, target }: Place, request: ServerRequest): Promise<SandboxResponse> =>
    space === main()
      ? space.instance.handle(request)
      : handleInNamespace(space, { ...request, target });
  const administerAt = (
    { space, missing }: Place,
    request: ServerRequest,
  ): Promise<SandboxResponse> =>
    missing === undefined
      ? space.door.handle(request)
      : Promise.resolve(answerMissing(missing, request, clock.now()));

  return {
    everything: protect((request) => {
      const place = find(request.target);
      return isAdminPath(place, pathOf(request.target))
        ? administerAt(place, request)
        : handleAt(place, request);
    }),
    withoutAdmin: protect((request) => handleAt(find(request.target), request)),
    adminOnly: protect((request) => administerAt(find(request.target), request)),
  };
}

function isAdminPath({ space, missing }: Place, path: string): boolean {
  const asked = missing === undefined ? path : path.slice(namespacePrefix(missing).length);
  return space.door.isAdminPath(asked);
}

/** Whoever calls the API alone is to learn it too: an authorization server would say nothing but 404. */
function answerMissing(name: string, { method }: ServerRequest, now: number): SandboxResponse {
  const problem = notFound(`namespace ${name}: the sandbox itself makes it by POST /namespaces`);
  return finishAnswer(problemAnswer(problem), { isHead: method === "HEAD", now });
}

async function handleInNamespace(
  { instance }: OpenSpace,
  request: ServerRequest,
): Promise<SandboxResponse> {
  const response = await instance.handle(request);
  // Whoever listens sees to those of the sandbox itself.
  instance.makeMoreKeys();
  return response;
}
