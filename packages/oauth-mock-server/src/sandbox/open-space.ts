import { setMaxListeners } from "node:events";

import type { AdminDoor } from "../admin/admin-door.ts";
import { createAdminDoor } from "../admin/admin-door.ts";
import type { AdminNamespaces } from "../admin/admin-subject.ts";
import { createRequestCounters } from "../admin/request-counters.ts";
import { createStartedScenarios } from "../admin/started-scenarios.ts";
import { endpointOf } from "../http/sandbox-paths.ts";
import type { SandboxHandler } from "../http/sandbox-response.ts";
import { checkJournalBounds } from "../journal/journal-bounds.ts";
import { createStrangerBudget } from "../safety/stranger-budget.ts";
import type { InstanceOptions, SandboxInstance, Surroundings } from "./sandbox-instance.ts";
import { createSandboxInstance } from "./sandbox-instance.ts";
import type { SandboxSpace } from "./sandbox-space.ts";
import { createSandboxSpace } from "./sandbox-space.ts";

/** An instance with all that belongs to it: what its users hold, and its admin API. */
export interface OpenSpace {
  readonly instance: SandboxInstance;
  readonly door: AdminDoor;
  readonly parts: Omit<SandboxSpace, "issuer">;
  readonly issuer: () => string;

  /** Notes requests that were refused for where they came from, as far as there is room for them. */
  readonly noteStrangers: (refuse: SandboxHandler) => SandboxHandler;
  readonly close: () => Promise<void>;
}

/** How a space is reached, and by whom. */
export interface SpaceOptions extends Surroundings {
  /** Absent: the sandbox itself. */
  readonly name?: string | undefined;

  /** The sandbox from outside. */
  readonly handle: SandboxHandler;

  /** Tells the paths that its `fetch` answers for. */
  readonly isOwnPath: (path: string) => boolean;
  readonly adminPrefix: string;

  /** Each of them is good. */
  readonly adminTokens: readonly string[];
  readonly namespaces?: AdminNamespaces | undefined;
}

/** Opens a space. @throws {@link ConfigurationError} that names the first option that is wrong */
export async function openSpace(
  configuration: InstanceOptions,
  options: SpaceOptions,
): Promise<OpenSpace> {
  const { name, clock, pathPrefix, handle, isOwnPath, adminPrefix, adminTokens } = options;
  const instance = await createSandboxInstance(configuration, options);
  const policy = () => instance.server().policy;
  const counters = createRequestCounters((path) => endpointOf(path, policy()));
  instance.journal.subscribe(counters.note);
  const started = createStartedScenarios();
  const certificateTrust = configuration;
  const strangers = createStrangerBudget({
    ...checkJournalBounds(configuration.journal ?? {}),
    monotonicMs: options.base.monotonicMs,
  });
  const closing = new AbortController();
  // As many as wait for requests.
  setMaxListeners(0, closing.signal);
  const parts = createSandboxSpace(instance, {
    clock,
    handle,
    isOwnPath,
    certificateTrust,
    onReset: () => {
      started.clear();
      strangers.reset();
    },
    closing: closing.signal,
  });
  const door = createAdminDoor(
    {
      ...parts,
      name,
      pathPrefix,
      policy,
      started,
      inMaking: new Set(),
      counters,
      namespaces: options.namespaces,
    },
    { prefix: adminPrefix, tokens: adminTokens, maxBodyBytes: policy().maxBodyBytes },
  );
  return {
    instance,
    door,
    parts,
    issuer: () => policy().issuer,
    noteStrangers: (refuse) => {
      const noted = instance.journal.withJournal(refuse);
      return (request) => (strangers.take(request) ? noted(request) : refuse(request));
    },
    close: async () => {
      closing.abort();
      await instance.close();
    },
  };
}
