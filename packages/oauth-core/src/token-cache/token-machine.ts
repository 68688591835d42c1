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
import { rememberedError } from "./remembered-error.ts";
import { onFailed, onReceived } from "./token-outcome.ts";
import { onDropped } from "./token-rejection.ts";
import type { TokenEffect, TokenEvent, TokenState, TokenTransition } from "./token-state.ts";
import { onLost } from "./lost-request.ts";
import { sendRequest } from "./token-request-step.ts";

/** Takes one step. */
export function stepToken(state: TokenState, event: TokenEvent, now: Instant): TokenTransition {
  switch (event.kind) {
    case "wanted":
      return onWanted(state, event.deadlineMs, now);
    case "left":
      return onLeft(state, event.isOutOfTime);
    case "lost":
      return onLost(state, now);
    case "woken":
      return onWoken(state, now);
    case "received":
      return onReceived(state, event, now);
    case "failed":
      return onFailed(state, event, now);
    case "credential_changed":
      return { state: { ...state, outage: undefined }, effects: [] };
    case "rejected":
    case "revoked":
      return onDropped(state, event, now);
  }
}

function onWanted(state: TokenState, deadlineMs: number, now: Instant): TokenTransition {
  const { held, request, outage } = state;
  const freshness = held === undefined ? "spent" : freshnessOf(held, now);
  if (held !== undefined && freshness !== "spent") {
    const serve: TokenEffect = { kind: "serve", token: held.token };
    if (freshness === "urgent" && request !== undefined) return join(state);
    const mayRefresh =
      freshness !== "fresh" &&
      request === undefined &&
      now.monotonicMs >= Math.max(held.earliestRefreshAtMs, outage?.nextTryAtMs ?? 0);
    if (!mayRefresh) return { state, effects: [serve] };
    const sent = sendRequest(state, { attempt: 1, isBackground: freshness === "ageing" }, now);
    return freshness === "ageing"
      ? { state: sent.state, effects: [serve, ...sent.effects] }
      : join(sent.state, sent.effects);
  }

  if (request !== undefined) {
    // Callers depend on it now: when the last of them leaves it stops, and the next one starts another.
    return join({ ...state, request: { ...request, isBackground: false } });
  }
  if (outage !== undefined && now.monotonicMs < outage.nextTryAtMs) {
    const error = rememberedError(outage, now.monotonicMs);
    if (outage.roundTries === 0 || outage.nextTryAtMs > deadlineMs) {
      return { state, effects: [{ kind: "refuse", error }] };
    }
    return join(state, [{ kind: "pause", untilMs: outage.nextTryAtMs, error }]);
  }
  const sent = sendRequest(state, { attempt: nextAttempt(state), isBackground: false }, now);
  return join(sent.state, sent.effects);
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
  const { request, outage, waiting } = state;
  if (request !== undefined || waiting === 0) return { state, effects: [] };
  if (outage !== undefined && now.monotonicMs < outage.nextTryAtMs) {
    // A timer may fire early.
    const error = rememberedError(outage, now.monotonicMs);
    return { state, effects: [{ kind: "pause", untilMs: outage.nextTryAtMs, error }] };
  }
  return sendRequest(state, { attempt: nextAttempt(state), isBackground: false }, now);
}

function nextAttempt({ outage }: TokenState): number {
  return (outage?.roundTries ?? 0) + 1;
}

function join(state: TokenState, effects: readonly TokenEffect[] = []): TokenTransition {
  return {
    state: { ...state, waiting: state.waiting + 1 },
    effects: [{ kind: "join" }, ...effects],
  };
}
