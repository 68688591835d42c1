import type { Clock } from "@credicorp/oauth-core";

/** The clocks of the machine. */
export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  monotonicMs: () => performance.now(),
};
