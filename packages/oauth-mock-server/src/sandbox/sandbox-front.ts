import type { Clock } from "@credicorp/oauth-core";

import { finishAnswer, problemAnswer } from "../admin/admin-answer.ts";
import { notFound } from "../admin/admin-problem.ts";
import { withHealth } from "../admin/health.ts";
import { endpointOf } from "../http/sandbox-paths.ts";
import type { SandboxHandler } from "../http/sandbox-response.ts";
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

/** Makes the front of a sandbox: it guards, answers for health, and finds the namespace and the API that are meant. */
export function createSandboxFront(options: {
  readonly main: () => OpenSpace;
  readonly findNamespace: (name: string) => OpenSpace | undefined;
  readonly guard: Pick<RequestGuard, "isAllowedHost" | "allowsAddresses">;
  readonly clock: Pick<Clock, "now">;
}): SandboxFront {
  const { main, findNamespace, guard, clock } = options;
  const find = (target: string): { readonly space: OpenSpace; readonly target: string } => {
    const [path = ""] = target.split("?", 1);
    const name = namespaceOf(path);
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
      note: (refuse) => (request) => find(request.target).space.noteStrangers(refuse)(request),
    });
  const withoutAdmin: SandboxHandler = async (request) => {
    const { space, target } = find(request.target);
    if (space === main()) return space.instance.handle(request);
    const response = await space.instance.handle({ ...request, target });
    // Whoever listens sees to those of the sandbox itself.
    space.instance.makeMoreKeys();
    return response;
  };
  const adminOnly: SandboxHandler = async (request) => {
    const [path = ""] = request.target.split("?", 1);
    const name = namespaceOf(path);
    if (name === undefined || findNamespace(name) !== undefined) {
      return find(request.target).space.door.handle(request);
    }
    // Whoever calls the API alone is to learn it too: an authorization server would say nothing but 404.
    const problem = notFound(`namespace ${name}: the sandbox itself makes it by POST /namespaces`);
    const isHead = request.method === "HEAD";
    return finishAnswer(problemAnswer(problem), { isHead, now: clock.now() });
  };
  const isAdminPath = (path: string): boolean => {
    const { space } = find(path);
    const name = namespaceOf(path);
    const isLost = name !== undefined && space === main();
    return space.door.isAdminPath(isLost ? path.slice(namespacePrefix(name).length) : path);
  };

  return {
    everything: protect((request) => {
      const [path = ""] = request.target.split("?", 1);
      return isAdminPath(path) ? adminOnly(request) : withoutAdmin(request);
    }),
    withoutAdmin: protect(withoutAdmin),
    adminOnly: protect(adminOnly),
  };
}
