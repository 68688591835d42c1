import type { Clock, ServerRequest } from "@credicorp/oauth-core";

import { withHealth } from "../admin/health.ts";
import { endpointOf } from "../http/sandbox-paths.ts";
import type { SandboxHandler, SandboxResponse } from "../http/sandbox-response.ts";
import { pathOf } from "../http/target-path.ts";
import { insertedMetadataTarget, namespaceOf } from "../namespaces/namespace-path.ts";
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
    if (name === undefined || space === undefined) return { space: main(), target };
    return { space, target: insertedMetadataTarget(target, name) };
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
      note: (refuse) => (request) =>
        find(request.target).space.instance.journal.withJournal(refuse)(request),
    });
  const handleAt = ({ space, target }: Place, request: ServerRequest): Promise<SandboxResponse> =>
    space === main()
      ? space.instance.handle(request)
      : handleInNamespace(space, { ...request, target });

  return {
    everything: protect((request) => {
      const place = find(request.target);
      const { door } = place.space;
      return door.isAdminPath(pathOf(request.target))
        ? door.handle(request)
        : handleAt(place, request);
    }),
    withoutAdmin: protect((request) => handleAt(find(request.target), request)),
    adminOnly: protect((request) => find(request.target).space.door.handle(request)),
  };
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
