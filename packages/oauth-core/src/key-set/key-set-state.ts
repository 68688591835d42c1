import type { KeySetKey } from "./key-set-key.ts";
import type { KeySetOptions } from "./key-set-options.ts";
import type { KeySetValidator } from "./key-set-source.ts";
import type { MissingKeys } from "./missing-keys.ts";
import { noMissingKeys } from "./missing-keys.ts";

/** How far the keys at hand may be trusted. */
export type KeySetPhase =
  /** None were ever had. */
  | "empty"
  /** Served. */
  | "fresh"
  /** Served, while newer ones are fetched. */
  | "ageing"
  /** Past their lifetime: served only because the issuer fails to answer. */
  | "stale"
  /** Past everything: not served. */
  | "dead";

/** What is known of an issuer's keys; instants are milliseconds of the monotonic clock. */
export interface KeySetState {
  readonly keys: readonly KeySetKey[];
  readonly refreshAtMs: number;
  readonly expiresAtMs: number;
  readonly deadAtMs: number;

  /** Names the document that the keys are from. */
  readonly validator: KeySetValidator | undefined;
  readonly isFetching: boolean;

  /** The last set that arrived was empty or had none of these keys: if the next is so too, they are gone. */
  readonly isDoubted: boolean;

  /** Failures since the last success. */
  readonly failures: number;

  /** No attempt is made before. */
  readonly retryAtMs: number;

  /** Why the last attempt failed; `undefined` after a success. */
  readonly lastFailure: string | undefined;

  /** What unknown key ids may still cause: a token bucket. */
  readonly unknownKeyBudget: { readonly tokens: number; readonly filledAtMs: number };

  /** Until when each key that the issuer was asked for in vain is not asked for again. */
  readonly missingKeys: MissingKeys;
}

/** Returns the state in which nothing is known. */
export function emptyKeySet(options: KeySetOptions): KeySetState {
  return {
    keys: [],
    refreshAtMs: -Infinity,
    expiresAtMs: -Infinity,
    deadAtMs: -Infinity,
    validator: undefined,
    isFetching: false,
    isDoubted: false,
    failures: 0,
    retryAtMs: -Infinity,
    lastFailure: undefined,
    unknownKeyBudget: { tokens: options.unknownKeyBurst, filledAtMs: -Infinity },
    missingKeys: noMissingKeys,
  };
}

/** Tells how far the keys may be trusted now. */
export function keySetPhase(state: KeySetState, nowMs: number): KeySetPhase {
  if (nowMs < state.refreshAtMs) return "fresh";
  if (nowMs < state.expiresAtMs) return "ageing";
  if (nowMs < state.deadAtMs) return "stale";
  return state.deadAtMs === -Infinity ? "empty" : "dead";
}
