/**
 * How the token machine takes the outcome of a token request.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import type { Instant } from "./access-token.ts";
import { ageMs } from "./access-token.ts";
import { maxTries, minRefreshIntervalMs, pauseMs, retryDelayMs } from "./back-off.ts";
import { planRefresh, usableToken } from "./freshness.ts";
import { pauseUntilNextTry } from "./token-request-step.ts";
import type {
  HeldToken,
  OngoingOutage,
  TokenEffect,
  TokenEvent,
  TokenState,
  TokenTransition,
} from "./token-state.ts";

type Received = Extract<TokenEvent, { kind: "received" }>;
type Failed = Extract<TokenEvent, { kind: "failed" }>;

/** Publishes a token, unless it comes too late. */
export function onReceived(state: TokenState, event: Received, now: Instant): TokenTransition {
  const { token } = event;
  // A request may have been stopped, and its token arrive all the same.
  if (state.generation !== event.generation) return { state, effects: [] };
  if (ageMs(token, now) >= token.lifetimeMs) {
    const error = new ProtocolError("token_spent", "The token had expired when it arrived");
    return onFailed(state, { ...event, kind: "failed", error }, now);
  }
  const next = {
    ...state,
    held: hold(state, event, now),
    request: undefined,
    outage: undefined,
    isFirst: false,
  };
  return answerWaiting(next, { kind: "deliver", token });
}

/** Retries, waits or gives up; who can be served with the token that is held does not notice. */
export function onFailed(state: TokenState, event: Failed, now: Instant): TokenTransition {
  const { held, request, outage: past, waiting } = state;
  const { error, fraction } = event;
  if (request?.generation !== event.generation) return { state, effects: [] };
  const { retryable, retryAfterMs } = error;
  const served = usableToken(held, now);
  const isRetried = served === undefined && retryable && request.attempt < maxTries && waiting > 0;
  const rounds = (past?.rounds ?? 0) + (isRetried ? 0 : 1);
  // A pause that outlasted a short token would turn a hiccup into an outage.
  const limitMs = served && served.lifetimeMs / 10;
  const delayMs = isRetried
    ? retryDelayMs({ count: request.attempt, retryAfterMs, fraction })
    : pauseMs({ count: rounds, retryAfterMs, fraction }, limitMs);
  // A failure that may pass is retried for callers as soon as they need it; only a final one is remembered for them.
  const triesBeforeNeed = served !== undefined && retryable ? 1 : 0;
  const outage: OngoingOutage = {
    error,
    attempts: (past?.attempts ?? 0) + 1,
    since: past?.since ?? now.epochSeconds,
    rounds,
    roundTries: isRetried ? request.attempt : triesBeforeNeed,
    nextTryAtMs: now.monotonicMs + delayMs,
  };
  const next = { ...state, request: undefined, outage };
  if (isRetried) return { state: next, effects: [pauseUntilNextTry(outage, now)] };
  return answerWaiting(
    next,
    served === undefined ? { kind: "reject", error } : { kind: "deliver", token: served },
  );
}

function answerWaiting(state: TokenState, effect: TokenEffect): TokenTransition {
  return { state: { ...state, waiting: 0 }, effects: state.waiting > 0 ? [effect] : [] };
}

function hold(state: TokenState, { token, isShared, fraction }: Received, now: Instant): HeldToken {
  // Processes that share their tokens are asked for once: there is no fleet to be spread.
  const isFirst = state.isFirst && !isShared;
  const schedule = planRefresh(token.lifetimeMs, { fraction, isFirst });
  const earliestRefreshAtMs = now.monotonicMs + minRefreshIntervalMs;
  if (state.held?.token.value !== token.value) {
    return { token, schedule, earliestRefreshAtMs };
  }
  // The server gave the same token again: asking sooner than at its end would be a loop.
  const remainingMs = token.lifetimeMs - ageMs(token, now);
  return {
    token,
    schedule: { ...schedule, ageingAfterMs: schedule.urgentAfterMs },
    earliestRefreshAtMs: Math.max(earliestRefreshAtMs, now.monotonicMs + remainingMs / 2),
  };
}
