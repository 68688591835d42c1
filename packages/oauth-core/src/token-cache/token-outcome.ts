/**
 * How the token machine takes the outcome of a token request.
 *
 * @module
 */

import type { AnyOAuthError } from "../errors.ts";
import { ProtocolError } from "../errors.ts";
import type { AccessToken, Instant } from "./access-token.ts";
import { ageMs, missingScope } from "./access-token.ts";
import { maxTries, minRefreshIntervalMs, pauseMs, retryDelayMs } from "./back-off.ts";
import { freshnessOf, planRefresh } from "./freshness.ts";
import { rememberedError } from "./remembered-error.ts";
import type {
  HeldToken,
  OngoingOutage,
  RequestInFlight,
  TokenEffect,
  TokenEvent,
  TokenReport,
  TokenState,
  TokenTransition,
} from "./token-state.ts";

type Received = Extract<TokenEvent, { kind: "received" }>;
type Failed = Extract<TokenEvent, { kind: "failed" }>;

/** Publishes a token, unless it comes too late. */
export function onReceived(state: TokenState, event: Received, now: Instant): TokenTransition {
  const { request, outage } = state;
  const { generation, token, isShared, fraction } = event;
  // A request may have been stopped, and its token arrive all the same.
  if (state.generation !== generation) return { state, effects: [] };
  if (ageMs(token, now) >= token.lifetimeMs) {
    const error = new ProtocolError("token_spent", "The access token had expired when it arrived", {
      reference: "RFC 6749 section 5.1",
      hint: "Compare the clocks of this machine and of the server.",
    });
    return onFailed(state, { kind: "failed", generation, error, fraction }, now);
  }

  const held = hold(state, event, { request, now });
  const effects: TokenEffect[] = state.waiting > 0 ? [{ kind: "deliver", token }] : [];
  const reports = isShared ? [sharedReport(token, now)] : reportsOf(token, request);
  for (const report of reports) effects.push({ kind: "report", report });
  if (outage !== undefined) {
    const { attempts, since } = outage;
    effects.push({ kind: "report", report: { type: "recovered", attempts, since } });
  }
  const next = {
    ...state,
    held,
    request: undefined,
    outage: undefined,
    dropped: undefined,
    waiting: 0,
    isFirst: false,
  };
  return { state: next, effects };
}

/** Retries, waits or gives up; who can be served with the token that is held does not notice. */
export function onFailed(state: TokenState, event: Failed, now: Instant): TokenTransition {
  const { held, request } = state;
  if (request?.generation !== event.generation) return { state, effects: [] };
  if (held !== undefined && freshnessOf(held, now) !== "spent") {
    return degrade({ ...state, request: undefined }, { ...event, held }, now);
  }

  const { error, fraction } = event;
  const past = pastOf(state, error, now);
  const { retryAfterMs } = error;
  if (error.retryable && request.attempt < maxTries && state.waiting > 0) {
    const delayMs = retryDelayMs({ count: request.attempt, retryAfterMs, fraction });
    const outage = { ...past, roundTries: request.attempt, nextTryAtMs: now.monotonicMs + delayMs };
    return {
      state: { ...state, request: undefined, outage },
      effects: [
        {
          kind: "pause",
          untilMs: outage.nextTryAtMs,
          error: rememberedError(outage, now.monotonicMs),
        },
      ],
    };
  }
  const outage = endRound(past, pauseMs({ count: past.rounds + 1, retryAfterMs, fraction }), now);
  const report: TokenReport = { type: "failed", error, attempts: outage.attempts };
  return {
    state: { ...state, request: undefined, outage, waiting: 0 },
    effects: [
      ...(state.waiting > 0 ? [{ kind: "reject", error } as const] : []),
      { kind: "report", report },
    ],
  };
}

function hold(
  state: TokenState,
  { token, isShared, fraction }: Received,
  { request, now }: { readonly request: RequestInFlight | undefined; readonly now: Instant },
): HeldToken {
  // Processes that share their tokens are asked for once: there is no fleet to be spread.
  const isFirst = state.isFirst && !isShared;
  const schedule = planRefresh(token.lifetimeMs, { fraction, isFirst });
  const ownOrigin = state.dropped === undefined ? "requested" : "forced";
  const origin = isShared ? "shared" : ownOrigin;
  const earliestRefreshAtMs = (request?.sentAtMs ?? now.monotonicMs) + minRefreshIntervalMs;
  if (state.held?.token.value !== token.value) {
    return { token, origin, schedule, earliestRefreshAtMs };
  }
  // The server gave the same token again: asking sooner than at its end would be a loop.
  const remainingMs = token.lifetimeMs - ageMs(token, now);
  return {
    token,
    origin,
    schedule: { ...schedule, ageingAfterMs: schedule.urgentAfterMs },
    earliestRefreshAtMs: Math.max(earliestRefreshAtMs, now.monotonicMs + remainingMs / 2),
  };
}

function degrade(
  state: TokenState,
  { held, error, fraction }: Failed & { readonly held: HeldToken },
  now: Instant,
): TokenTransition {
  const past = pastOf(state, error, now);
  // A pause that outlasted a short token would turn a hiccup into an outage.
  const limitMs = held.token.lifetimeMs / 10;
  const { retryAfterMs } = error;
  const delayMs = pauseMs({ count: past.rounds + 1, retryAfterMs, fraction }, limitMs);
  const ended = endRound(past, delayMs, now);
  // A failure that may pass is retried for callers as soon as they need it; only a final one is remembered for them.
  const outage = error.retryable ? { ...ended, roundTries: 1 } : ended;
  const report: TokenReport = { type: "degraded", error, attempts: outage.attempts };
  return {
    state: { ...state, outage, waiting: 0 },
    effects: [
      ...(state.waiting > 0 ? [{ kind: "deliver", token: held.token } as const] : []),
      { kind: "report", report },
    ],
  };
}

function pastOf({ outage }: TokenState, error: AnyOAuthError, now: Instant): OngoingOutage {
  const attempts = (outage?.attempts ?? 0) + 1;
  const since = outage?.since ?? now.epochSeconds;
  const rounds = outage?.rounds ?? 0;
  return { error, attempts, since, rounds, roundTries: 0, nextTryAtMs: now.monotonicMs };
}

function endRound(past: OngoingOutage, delayMs: number, now: Instant): OngoingOutage {
  return {
    ...past,
    rounds: past.rounds + 1,
    roundTries: 0,
    nextTryAtMs: now.monotonicMs + delayMs,
  };
}

function sharedReport(token: AccessToken, now: Instant): TokenReport {
  const { scope, lifetimeMs } = token;
  const ageSeconds = ageMs(token, now) / 1000;
  return { type: "shared", scope, lifetimeSeconds: lifetimeMs / 1000, ageSeconds };
}

/** Nobody waits for the token of a request that was stopped. */
function reportsOf(
  token: AccessToken,
  { isBackground = true }: Partial<RequestInFlight> = {},
): readonly TokenReport[] {
  const { scope, requestedScope, lifetimeSource } = token;
  const lifetimeSeconds = token.lifetimeMs / 1000;
  const reports: TokenReport[] = [
    { type: "obtained", scope, lifetimeSeconds, lifetimeSource, isBackground },
  ];
  if (missingScope(token).length > 0) {
    reports.push({ type: "scope_narrowed", requested: requestedScope, granted: scope });
  }
  if (lifetimeSource !== "expires_in") {
    reports.push({ type: "lifetime_guessed", lifetimeSource, lifetimeSeconds });
  }
  return reports;
}
