/**
 * The end of a fetch: which set is trusted after it, and when the next attempt is due.
 *
 * @module
 */

import type { KeySetKey } from "./key-set-key.ts";
import type { KeySetOptions } from "./key-set-options.ts";
import type { KeySetValidator } from "./key-set-source.ts";
import type { KeySetState } from "./key-set-state.ts";
import { emptyKeySet, keySetPhase } from "./key-set-state.ts";
import { noMissingKeys } from "./missing-keys.ts";

/** The end of a fetch. `jitter` is a random number in [0, 1). */
export type FetchOutcome =
  | {
      readonly kind: "fetched";
      readonly keys: readonly KeySetKey[];
      readonly maxAgeSeconds: number | undefined;
      readonly validator?: KeySetValidator | undefined;
      readonly jitter: number;
    }
  /** The keys are those of the state's `validator`. */
  | {
      readonly kind: "unchanged";
      readonly maxAgeSeconds: number | undefined;
      readonly jitter: number;
    }
  | { readonly kind: "failed"; readonly reason: string; readonly jitter: number };

interface EndContext {
  readonly nowMs: number;
  readonly options: KeySetOptions;
}

/**
 * Takes in the end of a fetch. A state that is still fetching afterwards wants the next fetch at once.
 *
 * One answer alone does not end a good set. A set that shares no key with it is fetched a second time, at once; one
 * without a usable key counts as a failure the first time, and ends the good set when the next attempt brings no key of
 * it either.
 */
export function endFetch(
  state: KeySetState,
  outcome: FetchOutcome,
  context: EndContext,
): KeySetState {
  if (outcome.kind === "failed") return afterFailure(state, { ...outcome, context });
  if (outcome.kind === "unchanged") return afterSuccess(state, outcome, context);

  const { keys, validator, jitter } = outcome;
  const phase = keySetPhase(state, context.nowMs);
  const endsGoodSet =
    phase !== "empty" && phase !== "dead" && !keys.some((key) => isAmong(state.keys, key));
  if (keys.length === 0) {
    const { failures, unknownKeyBudget } = state;
    const kept: KeySetState =
      endsGoodSet && state.isDoubted
        ? { ...emptyKeySet(context.options), failures, unknownKeyBudget }
        : { ...state, isDoubted: endsGoodSet };
    return afterFailure(kept, { reason: "jwks_no_usable_key", jitter, context });
  }
  if (endsGoodSet && !state.isDoubted) return { ...state, isDoubted: true };
  return afterSuccess({ ...state, keys, validator }, outcome, context);
}

/** A key counts as the same by its id and algorithm: a new one under an old id replaces it. */
function isAmong(keys: readonly KeySetKey[], { kid, key }: KeySetKey): boolean {
  return keys.some((other) => other.kid === kid && other.key.algorithm === key.algorithm);
}

function afterSuccess(
  state: KeySetState,
  answer: { readonly maxAgeSeconds: number | undefined; readonly jitter: number },
  { nowMs, options }: EndContext,
): KeySetState {
  const { minLifetimeSeconds, maxLifetimeSeconds, defaultLifetimeSeconds } = options;
  const seconds = Math.min(
    Math.max(answer.maxAgeSeconds ?? defaultLifetimeSeconds, minLifetimeSeconds),
    maxLifetimeSeconds,
  );
  const expiresAtMs = nowMs + seconds * 1000;
  return {
    ...state,
    // Between 70 and 90 % of the lifetime.
    refreshAtMs: nowMs + seconds * 1000 * (0.7 + answer.jitter * 0.2),
    expiresAtMs,
    deadAtMs: expiresAtMs + options.maxStaleSeconds * 1000,
    isFetching: false,
    isDoubted: false,
    failures: 0,
    retryAtMs: -Infinity,
    lastFailure: undefined,
    // A fetch that an unknown key caused says nothing new of the others.
    missingKeys: keySetPhase(state, nowMs) === "fresh" ? state.missingKeys : noMissingKeys,
  };
}

function afterFailure(
  state: KeySetState,
  failure: {
    readonly reason: string;
    readonly jitter: number;
    readonly context: EndContext;
  },
): KeySetState {
  const { nowMs, options } = failure.context;
  const failures = state.failures + 1;
  const longestMs = Math.min(options.firstRetryMs * 2 ** (failures - 1), options.maxRetryMs);
  return {
    ...state,
    isFetching: false,
    failures,
    // Half of the wait is random, so that a fleet does not come back as one.
    retryAtMs: nowMs + longestMs * (0.5 + failure.jitter / 2),
    lastFailure: failure.reason,
  };
}
