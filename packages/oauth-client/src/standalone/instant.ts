import type { Instant } from "@credicorp/oauth-core/token-cache";
import { systemClock } from "@credicorp/oauth-runtime";

/** Reads both clocks of the machine. */
export function readInstant(): Instant {
  return { monotonicMs: systemClock.monotonicMs(), epochSeconds: systemClock.now() };
}
