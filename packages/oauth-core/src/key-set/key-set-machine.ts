/**
 * An issuer's keys as a state machine: what to serve, and when to ask for newer ones.
 *
 * empty → fresh → ageing (refreshed ahead, still served) → stale (the issuer fails, served within a bound) → dead.
 * Functions of state, event and time; whoever runs them does what the effects say and reports back with an event.
 *
 * @module
 */

import type { VerificationKey } from "../signature-engine.ts";
import type { KeyQuery } from "./key-set-key.ts";
import { findKey } from "./key-set-key.ts";
import type { KeySetOptions } from "./key-set-options.ts";
import type { KeySetPhase, KeySetState } from "./key-set-state.ts";
import { keySetPhase } from "./key-set-state.ts";
import { addMissing, isMissing } from "./missing-keys.ts";

/** The answer to a token that asks for its key. */
export type KeyLookup =
  | { readonly kind: "found"; readonly key: VerificationKey }
  /** The issuer has no such key, as far as it may be asked. */
  | { readonly kind: "not_found" }
  /** Nobody can tell at the moment. */
  | {
      readonly kind: "unavailable";
      readonly retryAfterSeconds: number;

      /** Why the last attempt failed, such as `network`. */
      readonly reason?: string | undefined;
    }
  /** Look again, with `hasWaited`, when the fetch in flight has ended. */
  | { readonly kind: "wait" };

/** A lookup that has waited for what there was to wait for. */
export type SettledKeyLookup = Exclude<KeyLookup, { readonly kind: "wait" }>;

/** A lookup's answer, the state after it, and whether a fetch must be started now. */
export interface LookupStep {
  readonly state: KeySetState;
  readonly answer: KeyLookup;
  readonly startsFetch: boolean;

  /** An unknown key would have caused a fetch, had others not used up what they may cause. */
  readonly isThrottled?: boolean | undefined;
}

/** Looks a key up. `hasWaited` says that a fetch has ended since this lookup began: it will not wait again. */
export function lookUpKey(
  state: KeySetState,
  query: KeyQuery & { readonly hasWaited: boolean },
  context: { readonly nowMs: number; readonly options: KeySetOptions },
): LookupStep {
  const { nowMs, options } = context;
  const { hasWaited } = query;
  const phase = keySetPhase(state, nowMs);
  const mayFetch = !state.isFetching && nowMs >= state.retryAtMs;
  const isServed = phase !== "empty" && phase !== "dead";

  const key = isServed ? findKey(state.keys, query) : undefined;
  if (key !== undefined && (phase !== "stale" || state.failures > 0 || hasWaited)) {
    const startsFetch = phase !== "fresh" && mayFetch;
    return step(startsFetch ? fetching(state) : state, { kind: "found", key }, startsFetch);
  }

  if (!hasWaited && state.isFetching) return step(state, { kind: "wait" }, false);
  if (!hasWaited && mayFetch) {
    if (phase !== "fresh") return step(fetching(state), { kind: "wait" }, true);
    if (!isMissing(state.missingKeys, query, nowMs)) {
      const charged = chargeUnknownKey(state, context);
      if (charged !== undefined) return step(fetching(charged), { kind: "wait" }, true);
      return { ...step(state, withoutKey(state, phase, nowMs), false), isThrottled: true };
    }
  }
  const answer = withoutKey(state, phase, nowMs);
  if (!hasWaited || answer.kind !== "not_found") return step(state, answer, false);
  const untilMs = nowMs + options.unknownKeyMemorySeconds * 1000;
  const missingKeys = addMissing(state.missingKeys, query, untilMs);
  return step({ ...state, missingKeys }, answer, false);
}

/** Takes one token out of the bucket; `undefined` when it is empty. */
function chargeUnknownKey(
  state: KeySetState,
  { nowMs, options }: { readonly nowMs: number; readonly options: KeySetOptions },
): KeySetState | undefined {
  const { tokens, filledAtMs } = state.unknownKeyBudget;
  const refill = (nowMs - filledAtMs) / (options.unknownKeyRefillSeconds * 1000);
  const available = Math.min(tokens + refill, options.unknownKeyBurst);
  if (available < 1) return undefined;
  return { ...state, unknownKeyBudget: { tokens: available - 1, filledAtMs: nowMs } };
}

/** While the issuer fails, an unknown key may be a new one: that is no reason to refuse a token. */
function withoutKey(state: KeySetState, phase: KeySetPhase, nowMs: number): KeyLookup {
  if (phase !== "empty" && phase !== "dead" && state.failures === 0) return { kind: "not_found" };
  const waitMs = Math.max(state.retryAtMs - nowMs, 0);
  const retryAfterSeconds = Math.max(Math.ceil(waitMs / 1000), 1);
  return { kind: "unavailable", retryAfterSeconds, reason: state.lastFailure };
}

function fetching(state: KeySetState): KeySetState {
  return { ...state, isFetching: true };
}

function step(state: KeySetState, answer: KeyLookup, startsFetch: boolean): LookupStep {
  return { state, answer, startsFetch };
}
