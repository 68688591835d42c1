/**
 * How the token machine takes the news that a token is not accepted any more.
 *
 * @module
 */

import type { Instant } from "./access-token.ts";
import { ageMs } from "./access-token.ts";
import { rejectionPauseMs } from "./back-off.ts";
import { sendRequest } from "./token-request-step.ts";
import type { RejectionStreak, TokenEvent, TokenState, TokenTransition } from "./token-state.ts";

/** A token that is rejected younger than this adds to a streak. */
const youngMs = 60_000;

/** A streak ends when no rejection came for this long, counted from when one would have been believed again. */
const streakEndsAfterMs = 60_000;

/**
 * Drops the token that was named, and the request that began before the news; a newer token stays.
 *
 * Where token after token is rejected, the fault is not theirs: after three in close succession a rejection is believed
 * only now and then, and in between the token is kept.
 */
export function onDropped(
  state: TokenState,
  event: Extract<TokenEvent, { kind: "rejected" | "revoked" }>,
  now: Instant,
): TokenTransition {
  const { held, waiting, request } = state;
  if (held?.token.value !== event.value) return { state, effects: [] };
  let { streak } = state;
  if (event.kind === "rejected") {
    if (now.monotonicMs < streak.nextAtMs) return { state, effects: [{ kind: "keep" }] };
    streak = continueStreak(streak, ageMs(held.token, now), now);
  }

  const dropped = {
    ...state,
    held: undefined,
    request: undefined,
    streak,
    generation: state.generation + 1,
  };
  const sent = waiting === 0 ? { state: dropped, effects: [] } : sendRequest(dropped);
  return request === undefined ? sent : { ...sent, effects: [{ kind: "stop" }, ...sent.effects] };
}

function continueStreak(
  streak: RejectionStreak,
  tokenAgeMs: number,
  now: Instant,
): RejectionStreak {
  const isOver = now.monotonicMs > streak.nextAtMs + streakEndsAfterMs;
  const count = tokenAgeMs < youngMs && !isOver ? streak.count + 1 : 1;
  return { count, nextAtMs: now.monotonicMs + rejectionPauseMs(count) };
}
