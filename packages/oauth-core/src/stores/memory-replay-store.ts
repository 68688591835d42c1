import type { Clock, ReplayStore } from "../ports.ts";

const minSweepSize = 1024;

/** Makes a replay store for one process; keys are forgotten at their end, a few at a time. */
export function createMemoryReplayStore(clock: Pick<Clock, "now">): ReplayStore {
  const expiresAtByKey = new Map<string, number>();
  let sweepAtSize = minSweepSize;

  const sweep = (now: number): void => {
    for (const [key, expiresAt] of expiresAtByKey) {
      if (expiresAt <= now) expiresAtByKey.delete(key);
    }
    sweepAtSize = Math.max(minSweepSize, expiresAtByKey.size * 2);
  };

  return {
    putIfAbsent: (key, expiresAt) => {
      const now = clock.now();
      const previous = expiresAtByKey.get(key);
      if (previous !== undefined && previous > now) return false;
      expiresAtByKey.set(key, expiresAt);
      if (expiresAtByKey.size >= sweepAtSize) sweep(now);
      return true;
    },
  };
}
