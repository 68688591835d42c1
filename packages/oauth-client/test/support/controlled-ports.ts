import type { ClientPorts } from "@credicorp/oauth-client";
import type { ControlledClock } from "@credicorp/oauth-core/testing";
import { createControlledClock } from "@credicorp/oauth-core/testing";

/** Time and chance under control; sleeping takes no time and moves the clock instead. */
export interface ControlledPorts {
  readonly clock: ControlledClock;
  readonly ports: ClientPorts;

  /** Milliseconds that were slept, apart from a caller's waiting for a token. */
  readonly slept: number[];
}

/** The patience of a caller in these tests: a sleep of this length never ends by itself. */
export const patienceMs = 30_000;

/** Makes ports; `fraction` stands for every random number. */
export function createControlledPorts(fraction = 0.5): ControlledPorts {
  const clock = createControlledClock();
  const slept: number[] = [];
  return {
    clock,
    slept,
    ports: {
      clock,
      random: { bytes: (length) => new Uint8Array(length), fraction: () => fraction },
      sleep: async (ms, signal) => {
        if (ms === patienceMs) {
          await new Promise<void>((resolve) => {
            signal?.addEventListener("abort", () => resolve());
          });
          return;
        }
        slept.push(ms);
        clock.advance(ms / 1000);
      },
    },
  };
}
