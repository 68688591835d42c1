/**
 * How long to wait before a token is asked for again.
 *
 * @module
 */

/** A round of tries ends after so many. */
export const maxTries = 3;

/** While a token is valid, another is not asked for more often. */
export const minRefreshIntervalMs = 1000;

/** A server may ask for more patience than it gets. */
const maxRetryAfterMs = 60_000;

const firstDelayMs = 200;
const maxDelayMs = 5000;
const firstPauseMs = 1000;
const maxPauseMs = 30_000;
const quickRejections = 3;

/** A failure that waits: how often it happened, what the server asked for, and a number in [0, 1). */
export interface BackOffInput {
  /** From 1. */
  readonly count: number;
  readonly retryAfterMs: number | undefined;
  readonly fraction: number;
}

/** Returns the delay between two tries of one round, in milliseconds: full jitter, 200 ms growing to 5 s. */
export function retryDelayMs({ count, retryAfterMs, fraction }: BackOffInput): number {
  return atLeast(retryAfterMs, fraction * grown(firstDelayMs, maxDelayMs, count));
}

/** Returns how long a failed round is remembered, in milliseconds: 1 s growing to 30 s, the upper half drawn. */
export function pauseMs(
  { count, retryAfterMs, fraction }: BackOffInput,
  limitMs: number = maxPauseMs,
): number {
  const pause = Math.min(grown(firstPauseMs, maxPauseMs, count), Math.max(limitMs, firstPauseMs));
  return atLeast(retryAfterMs, pause * (1 - fraction / 2));
}

/**
 * Returns how long a rejected token is not replaced again, in milliseconds.
 *
 * A resource server that rejects every token would otherwise cost a token request per call.
 */
export function rejectionPauseMs(count: number): number {
  return count < quickRejections
    ? 0
    : grown(firstPauseMs, maxPauseMs, count - (quickRejections - 1));
}

function grown(first: number, max: number, count: number): number {
  return Math.min(max, first * 2 ** (count - 1));
}

function atLeast(retryAfterMs: number | undefined, delayMs: number): number {
  return Math.max(Math.min(retryAfterMs ?? 0, maxRetryAfterMs), delayMs);
}
