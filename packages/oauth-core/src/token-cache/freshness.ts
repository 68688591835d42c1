import type { AccessToken, Instant } from "./access-token.ts";
import { ageMs } from "./access-token.ts";

/**
 * How far a token has come in its life.
 *
 * `fresh`: served. `ageing`: served, while another is fetched in the background. `urgent`: callers wait for another, and
 * get this one if that fails. `spent`: never served.
 */
export type Freshness = "fresh" | "ageing" | "urgent" | "spent";

/** When a token changes its {@link Freshness}, in milliseconds of its age. */
export interface RefreshSchedule {
  readonly ageingAfterMs: number;
  readonly urgentAfterMs: number;
  readonly spentAfterMs: number;
}

// Fractions of the life, so that tokens of ten seconds and of a day need no setting.
const firstRefreshFrom = 0.2;
const laterRefreshFrom = 0.7;
const refreshTo = 0.8;
const urgentFraction = 0.1;
const maxUrgentMs = 30_000;

/**
 * Plans the refresh of a token.
 *
 * The moment is drawn once per token, so that a fleet that started together does not refresh together; the first token
 * of a process draws from a wide range, which spreads the fleet at once.
 */
export function planRefresh(
  lifetimeMs: number,
  draw: { readonly fraction: number; readonly isFirst: boolean },
): RefreshSchedule {
  const from = draw.isFirst ? firstRefreshFrom : laterRefreshFrom;
  return {
    ageingAfterMs: lifetimeMs * (from + (refreshTo - from) * draw.fraction),
    urgentAfterMs: lifetimeMs - Math.min(lifetimeMs * urgentFraction, maxUrgentMs),
    spentAfterMs: lifetimeMs,
  };
}

interface ScheduledToken {
  readonly token: AccessToken;
  readonly schedule: RefreshSchedule;
}

/** Tells how fresh a token is. */
export function freshnessOf({ token, schedule }: ScheduledToken, now: Instant): Freshness {
  const age = ageMs(token, now);
  if (age < schedule.ageingAfterMs) return "fresh";
  if (age < schedule.urgentAfterMs) return "ageing";
  return age < schedule.spentAfterMs ? "urgent" : "spent";
}

/** Returns the token that is held, unless it is spent. */
export function usableToken(
  held: ScheduledToken | undefined,
  now: Instant,
): AccessToken | undefined {
  return held && freshnessOf(held, now) !== "spent" ? held.token : undefined;
}
