/**
 * When an endpoint that fails is asked again: a pause that doubles, and one question at its end.
 *
 * @module
 */

import type { IntrospectionOutage } from "./introspection-outage.ts";
import { concernsEveryToken } from "./introspection-outage.ts";

/** What the last answers say of the endpoint; times are those of the monotonic clock. */
export interface EndpointCondition {
  /** Pauses in a row. */
  readonly failures: number;

  /** When the last pause began. What was asked up to then says nothing about what is after it. */
  readonly pausedSinceMs: number;
  readonly pausedUntilMs: number;

  /** Whether the one question that ends a pause has been asked, and not been answered. */
  readonly isProbing: boolean;

  /** Why the last question that counts was not answered; `undefined` after an answer. */
  readonly lastFailure: string | undefined;
}

/** An endpoint that was never asked. */
export const untriedEndpoint: EndpointCondition = {
  failures: 0,
  pausedSinceMs: -Infinity,
  pausedUntilMs: -Infinity,
  isProbing: false,
  lastFailure: undefined,
};

const firstPauseMs = 500;
const maxPauseMs = 30_000;

/** A server may ask for more patience than it gets. */
const maxRetryAfterSeconds = 60;

/** Returns for how many milliseconds nothing is to be asked; 0: now. */
export function waitMs(condition: EndpointCondition, nowMs: number): number {
  if (nowMs < condition.pausedUntilMs) return condition.pausedUntilMs - nowMs;
  return condition.isProbing ? 1000 : 0;
}

/** Takes in that a question is asked. */
export function afterQuestion(condition: EndpointCondition): EndpointCondition {
  return condition.failures > 0 ? { ...condition, isProbing: true } : condition;
}

/** Takes in that a question which was asked at `askedMs` has been answered. */
export function afterAnswer(condition: EndpointCondition, askedMs: number): EndpointCondition {
  return askedMs > condition.pausedSinceMs
    ? { ...untriedEndpoint, pausedSinceMs: condition.pausedSinceMs }
    : condition;
}

/** Takes in that a question was not answered; `jitter` is a random number in [0, 1). */
export function afterOutage(
  condition: EndpointCondition,
  outage: IntrospectionOutage,
  context: { readonly askedMs: number; readonly nowMs: number; readonly jitter: number },
): EndpointCondition {
  const { askedMs, nowMs, jitter } = context;
  const { code: lastFailure, retryAfterSeconds = 0 } = outage;
  const isNews = askedMs > condition.pausedSinceMs;
  const isProbing = condition.isProbing && !isNews;
  if (!concernsEveryToken(outage)) {
    // The endpoint answered, so that the others need not wait.
    return isNews
      ? { ...untriedEndpoint, pausedSinceMs: condition.pausedSinceMs, lastFailure }
      : condition;
  }
  const retryAtMs = nowMs + Math.min(retryAfterSeconds, maxRetryAfterSeconds) * 1000;
  if (!isNews) {
    // Asked before the pause: the same outage, which counts once. How long to wait is taken from each answer.
    return { ...condition, pausedUntilMs: Math.max(condition.pausedUntilMs, retryAtMs) };
  }
  const longestMs = Math.min(firstPauseMs * 2 ** Math.min(condition.failures, 30), maxPauseMs);
  return {
    failures: condition.failures + 1,
    pausedSinceMs: nowMs,
    // Half of the wait is random, so that a fleet does not come back as one.
    pausedUntilMs: Math.max(nowMs + longestMs * (0.5 + jitter / 2), retryAtMs),
    isProbing,
    lastFailure,
  };
}
