import type { Clock, RateLimiter } from "../../ports.ts";
import { stepGcra } from "../limits/gcra.ts";

const minSweepSize = 1024;

/**
 * Makes a rate limiter for one process.
 *
 * Each call reads and writes in one step, so that no request is lost among concurrent ones. A budget is forgotten once
 * it is whole again; the work for that is spread over the calls.
 */
export function createMemoryRateLimiter(clock: Pick<Clock, "monotonicMs">): RateLimiter {
  const fullAtByKey = new Map<string, number>();
  let sweepAtSize = minSweepSize;

  const sweep = (now: number): void => {
    for (const [key, fullAt] of fullAtByKey) if (fullAt <= now) fullAtByKey.delete(key);
    sweepAtSize = Math.max(minSweepSize, fullAtByKey.size * 2);
  };

  return {
    take: (key, limit, cost) => {
      const now = clock.monotonicMs() / 1000;
      const { fullAt, state } = stepGcra(limit, { fullAt: fullAtByKey.get(key), now, cost });
      if (cost === 1 && state.allowed) {
        fullAtByKey.set(key, fullAt);
        if (fullAtByKey.size >= sweepAtSize) sweep(now);
      }
      return state;
    },
  };
}
