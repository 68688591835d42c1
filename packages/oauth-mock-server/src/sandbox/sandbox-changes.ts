import type { Clock } from "@credicorp/oauth-core";

import type { SandboxClock } from "../clock/sandbox-clock.ts";
import type { SandboxConfiguration } from "../configuration/configuration.ts";
import type { Placement } from "../configuration/server-configuration.ts";
import type { FaultRules } from "../faults/fault-rules.ts";
import type { Journal } from "../journal/journal.ts";
import type { Background } from "./background.ts";
import type { LastingKeys } from "./lasting-keys.ts";
import type { PlannedReconfiguration } from "./reconfiguration.ts";
import { planReconfiguration } from "./reconfiguration.ts";
import type { RunningSandbox } from "./running-sandbox.ts";
import { createGeneration, neededAlgorithms } from "./sandbox-generation.ts";
import type { RevocationRelay } from "./sandbox-revocations.ts";
import { createSequence } from "./sequence.ts";

/** The changes of a sandbox as a whole. Each is worked out first, and then done at once: no request meets a part of it. */
export interface SandboxChanges {
  /** `alongside` is done at the moment of the change, and whatever depends on it with it. */
  readonly reset: (alongside: () => void) => Promise<void>;

  /** Does something that no reset comes in between. It must not wait for another change itself. */
  readonly inTurn: <Value>(task: () => Promise<Value>) => Promise<Value>;

  /** @throws {@link ConfigurationError} when the configuration is wrong */
  readonly planReconfiguration: (wanted: SandboxConfiguration) => Promise<PlannedReconfiguration>;

  /** Makes keys that are there for good, and not while the sandbox is being reset. */
  readonly ensureKeys: LastingKeys["ensure"];
}

/** Makes the changes of a running sandbox. */
export function createSandboxChanges(
  running: RunningSandbox,
  parts: {
    readonly clock: SandboxClock;

    /** The clock that a reset goes back to. */
    readonly base: Clock;
    readonly keys: LastingKeys;
    readonly faults: FaultRules;
    readonly journal: Journal;
    readonly revocationFeed: RevocationRelay;
    readonly background: () => Pick<Background, "pause">;
    readonly placeNow: () => Placement;
  },
): SandboxChanges {
  const { clock, base, keys, faults, journal, revocationFeed, background, placeNow } = parts;
  const oneByOne = createSequence();

  const begin = async (alongside: () => void): Promise<void> => {
    for (;;) {
      const { generations } = running;
      const placement = placeNow();
      const next = await createGeneration(generations, { placement, base });
      const needed = neededAlgorithms(next.server, generations.clients);
      const keyChange = await keys.planReset(needed);
      const isCurrent =
        running.generations === generations && placeNow().issuer === placement.issuer;
      // What has become otherwise meanwhile must not be lost.
      if (!isCurrent || !keyChange.isCurrent()) continue;
      running.current = next;
      revocationFeed.follow(next.ports.revocationFeed);
      clock.reset();
      faults.reset();
      journal.clear();
      keyChange.commit();
      alongside();
      return;
    }
  };

  return {
    ensureKeys: (algorithms, announceSeconds) =>
      oneByOne(() => keys.ensure(algorithms, announceSeconds)),
    inTurn: oneByOne,
    reset: (alongside) =>
      oneByOne(async () => {
        const resume = await background().pause();
        try {
          await begin(alongside);
        } finally {
          resume();
        }
      }),
    planReconfiguration: async (wanted) => {
      const { generations, current } = running;
      const now = { generations, current, placement: placeNow() };
      const plan = await planReconfiguration(now, wanted, { keys, faults });
      return {
        ...plan,
        isCurrent: () =>
          running.generations === generations && running.current === current && plan.isCurrent(),
        commit: () => void Object.assign(running, plan.commit()),
      };
    },
  };
}
