/**
 * The token machine: (state, event, now) → (state, effects).
 *
 * It makes at most one request at a time, refreshes ahead, serves a valid token through an outage, and never serves one
 * that is spent or was dropped. What waits, sends and sleeps is its shell.
 *
 * @module
 */

import type { Instant } from "./access-token.ts";
import { freshnessOf } from "./freshness.ts";
import { onFailed, onReceived } from "./token-outcome.ts";
import { onDropped } from "./token-rejection.ts";
import type { PlainTokenEvent, TokenEffect, TokenState, TokenTransition } from "./token-state.ts";
import { pauseUntilNextTry, sendRequest } from "./token-request-step.ts";

/** Takes one step, of which nobody is told. */
export function advanceToken(
  state: TokenState,
  event: PlainTokenEvent,
  now: Instant,
): TokenTransition {
  switch (event.kind) {
    case "wanted":
      return onWanted(state, event.deadlineMs, now);
    case "left":
      return onLeft(state, event.isOutOfTime);
    case "woken":
      return onWoken(state, now);
    case "received":
      return onReceived(state, event, now);
    case "failed":
      return onFailed(state, event, now);
    case "rejected":
    case "revoked":
      return onDropped(state, event, now);
  }
}

function onWanted(state: TokenState, deadlineMs: number, now: Instant): TokenTransition {
  const { held, request, outage } = state;
  const freshness = held && freshnessOf(held, now);
  if (held !== undefined && freshness !== "spent") {
    const isBackground = freshness === "ageing";
    const serve: TokenEffect = { kind: "serve", token: held.token };
    if (freshness === "urgent" && request !== undefined) return join(state);
    const mayRefresh =
      freshness !== "fresh" &&
      request === undefined &&
      now.monotonicMs >= Math.max(held.earliestRefreshAtMs, outage?.nextTryAtMs ?? 0);
    if (!mayRefresh) return { state, effects: [serve] };
    const sent = sendRequest(state, { isBackground });
    return isBackground
      ? { ...sent, effects: [serve, ...sent.effects] }
      : join(sent.state, sent.effects);
  }

  // Callers depend on it now: when the last of them leaves it stops, and the next one starts another.
  if (request !== undefined)
    return join({ ...state, request: { ...request, isBackground: false } });
  const next = sendOrPause(state, now);
  const [first] = next.effects;
  return first?.kind === "pause" && (outage?.roundTries === 0 || first.untilMs > deadlineMs)
    ? { state, effects: [{ kind: "refuse", error: first.error }] }
    : join(next.state, next.effects);
}

function onLeft(state: TokenState, isOutOfTime: boolean): TokenTransition {
  const { request } = state;
  const left = { ...state, waiting: Math.max(0, state.waiting - 1) };
  if (left.waiting > 0 || request?.isBackground) return { state: left, effects: [] };
  // A server that is slower than its callers are patient would otherwise never get to answer.
  return isOutOfTime && request !== undefined
    ? { state: { ...left, request: { ...request, isBackground: true } }, effects: [] }
    : { state: { ...left, request: undefined }, effects: [{ kind: "stop" }] };
}

function onWoken(state: TokenState, now: Instant): TokenTransition {
  return state.request !== undefined || state.waiting === 0
    ? { state, effects: [] }
    : sendOrPause(state, now);
}

/** Sends a request for those who cannot be served, now or when the pause is over. */
function sendOrPause(state: TokenState, now: Instant): TokenTransition {
  const { outage } = state;
  // A timer may fire early.
  if (outage !== undefined && now.monotonicMs < outage.nextTryAtMs) {
    return { state, effects: [pauseUntilNextTry(outage, now)] };
  }
  return sendRequest(state, { attempt: (outage?.roundTries ?? 0) + 1 });
}

function join(state: TokenState, effects: readonly TokenEffect[] = []): TokenTransition {
  return {
    state: { ...state, waiting: state.waiting + 1 },
    effects: [{ kind: "join" }, ...effects],
  };
}
