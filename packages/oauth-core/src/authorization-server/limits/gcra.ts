import type { RateLimit, RateLimitState } from "../../ports.ts";

/** What a budget looks like after a request: what to remember, and what to answer. */
export interface GcraStep {
  /** The instant at which the whole budget is there again, in the seconds of `now`. */
  readonly fullAt: number;
  readonly state: RateLimitState;
}

// Sums of fractions miss the limit by a hair. A tenth of an interval never lets another request through.
const maxToleranceSeconds = 1e-4;

/**
 * Decides about one request by the generic cell rate algorithm: a burst of `limit` at once, then one request for every
 * `windowSeconds / limit`.
 *
 * `fullAt` is what the last step returned; `undefined` for a budget never used. `now` is in seconds of any clock that
 * never runs backwards. With `cost` 0 nothing is charged.
 */
export function stepGcra(
  limit: RateLimit,
  request: { readonly fullAt: number | undefined; readonly now: number; readonly cost: 0 | 1 },
): GcraStep {
  const { now, cost } = request;
  const interval = limit.windowSeconds / limit.limit;
  const toleranceSeconds = Math.min(maxToleranceSeconds, interval / 10);
  const usedUntil = Math.max(request.fullAt ?? now, now);
  const allowed = usedUntil + interval - now <= limit.windowSeconds + toleranceSeconds;
  const fullAt = allowed && cost === 1 ? usedUntil + interval : usedUntil;

  const backlogSeconds = fullAt - now;
  const remaining = Math.floor(
    (limit.windowSeconds - backlogSeconds + toleranceSeconds) / interval,
  );
  return {
    fullAt,
    state: {
      allowed,
      remaining: Math.max(0, remaining),
      resetAfterSeconds: backlogSeconds,
      retryAfterSeconds:
        remaining >= 1 ? 0 : Math.max(0, backlogSeconds + interval - limit.windowSeconds),
    },
  };
}
