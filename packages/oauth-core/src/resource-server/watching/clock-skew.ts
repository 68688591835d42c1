/**
 * The suspicion that this clock and the issuer's differ by more than verification tolerates.
 *
 * What tokens say is evidence, not proof: no token can have been issued in the future, and none can be younger than this
 * clock is ahead. Only tokens with a good signature count, and several of them.
 *
 * @module
 */

import type { Clock } from "../../ports.ts";
import type { ClockOffset } from "./issuer-date.ts";
import type { TokenSight } from "./token-sight.ts";

/** Why the clocks seem to differ. */
export interface ClockSkew {
  /** The issuer's clock less this one, in seconds: positive where this clock is behind. An estimate. */
  readonly offsetSeconds: number;

  /** `issuer_date`: an answer of the issuer; the others: tokens, and how many. */
  readonly evidence: "issuer_date" | "tokens_issued_in_future" | "tokens_expired";
  readonly tokens?: number | undefined;
}

/** Watches for clocks that differ. */
export interface ClockSkewWatch {
  readonly observeToken: (sight: TokenSight) => void;
  readonly observeDate: (offset: ClockOffset) => void;

  /** The issuer's clock less this one, as its last `Date` says; `undefined`: there was none. */
  readonly issuerOffsetSeconds: () => number | undefined;
}

const minTokens = 5;
const maxTokens = 64;
const windowMs = 300_000;
const maxLateSeconds = 3600;
const alikeSeconds = 60;
const sameSkewIntervalMs = 3_600_000;
const otherSkewIntervalMs = 60_000;

/**
 * Starts a watch.
 *
 * `report` hears at once of a first suspicion, at most once a minute of one that differs from the last by more than the
 * tolerance, and once an hour of the same.
 */
export function watchClockSkew(options: {
  readonly toleranceSeconds: number;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly report: (skew: ClockSkew) => void;
}): ClockSkewWatch {
  const { toleranceSeconds, clock, report } = options;
  const early = createEvidence();
  const late = createEvidence();
  let youngest = { ageSeconds: Infinity, at: -Infinity };
  let dated: ClockOffset | undefined;
  let last: (ClockSkew & { readonly atMs: number }) | undefined;

  const suspect = (skew: ClockSkew, nowMs: number): void => {
    if (last !== undefined) {
      const differs =
        Math.abs(skew.offsetSeconds - last.offsetSeconds) > Math.max(toleranceSeconds, 1);
      const intervalMs = differs ? otherSkewIntervalMs : sameSkewIntervalMs;
      if (nowMs - last.atMs < intervalMs) return;
    }
    last = { ...skew, atMs: nowMs };
    report(skew);
  };

  const observeEarly = (jti: string, leadSeconds: number): void => {
    const nowMs = clock.monotonicMs();
    const leads = early.add(jti, { seconds: leadSeconds, atMs: nowMs });
    if (leads.length < minTokens) return;
    const evidence = { evidence: "tokens_issued_in_future", tokens: leads.length } as const;
    suspect({ offsetSeconds: Math.max(...leads), ...evidence }, nowMs);
  };

  const observeLate = (jti: string, lateSeconds: number): void => {
    const nowMs = clock.monotonicMs();
    const delays = late.add(jti, { seconds: lateSeconds, atMs: nowMs });
    // Tokens that were used to their last second, by clients that do not look at it, come beside young ones.
    if (delays.length < minTokens || youngest.ageSeconds <= toleranceSeconds) return;
    if (!areAlike(delays)) return;
    const evidence = { evidence: "tokens_expired", tokens: delays.length } as const;
    suspect({ offsetSeconds: -youngest.ageSeconds, ...evidence }, nowMs);
  };

  return {
    observeToken: ({ claims, now, refusedFor }) => {
      if (claims === undefined) return;
      const { jti, issuedAt, expiresAt } = claims;
      const ageSeconds = now - issuedAt;
      // By the wall clock, which has been read already; one that was set back starts a window anew.
      const isOver = Math.abs(now - youngest.at) * 1000 > windowMs;
      if (isOver || ageSeconds < youngest.ageSeconds) youngest = { ageSeconds, at: now };
      if (-ageSeconds > toleranceSeconds) observeEarly(jti, -ageSeconds);
      else if (refusedFor === "expired" && now - expiresAt <= maxLateSeconds) {
        observeLate(jti, now - expiresAt);
      }
    },
    observeDate: (offset) => {
      dated = offset;
      const { offsetSeconds, uncertaintySeconds } = offset;
      if (Math.abs(offsetSeconds) <= toleranceSeconds + uncertaintySeconds) return;
      suspect({ offsetSeconds, evidence: "issuer_date" }, clock.monotonicMs());
    },
    issuerOffsetSeconds: () => dated?.offsetSeconds,
  };
}

/** Most are within a minute of the one in the middle. */
function areAlike(seconds: readonly number[]): boolean {
  const sorted = seconds.toSorted((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const alike = sorted.filter((value) => Math.abs(value - median) <= alikeSeconds);
  return alike.length >= sorted.length * 0.8;
}

interface Observation {
  readonly seconds: number;
  readonly atMs: number;
}

interface Evidence {
  /** Adds what a token says, once, and returns what all of the last five minutes say. */
  readonly add: (jti: string, observation: Observation) => readonly number[];
}

function createEvidence(): Evidence {
  const byToken = new Map<string, Observation>();
  return {
    add: (jti, observation) => {
      if (!byToken.has(jti)) byToken.set(jti, observation);
      for (const [other, { atMs }] of byToken) {
        const isOld = observation.atMs - atMs > windowMs;
        if (!isOld && byToken.size <= maxTokens) break;
        byToken.delete(other);
      }
      return [...byToken.values()].map(({ seconds }) => seconds);
    },
  };
}
