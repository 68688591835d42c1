/**
 * What is worth telling of an issuer's keys: told apart from two states, so that the machine itself tells nothing.
 *
 * @module
 */

import type { SignatureAlgorithm } from "../signature-engine.ts";
import type { FetchOutcome } from "./end-fetch.ts";
import type { KeySetKey } from "./key-set-key.ts";
import type { KeySetPhase, KeySetState } from "./key-set-state.ts";
import { keySetPhase } from "./key-set-state.ts";

/** What happened to a set of keys. Key ids are the issuer's own, never a token's. */
export type KeySetReport =
  | {
      readonly type: "keys_fetched";
      readonly keyIds: readonly (string | undefined)[];

      /** For which the keys are trusted from now on. */
      readonly lifetimeSeconds: number;

      /** The issuer said that nothing had changed. */
      readonly isUnchanged: boolean;
    }
  | {
      readonly type: "keys_failed";

      /** Such as `network`, `timeout`, `jwks_status`. */
      readonly reason: string;

      /** In a row. */
      readonly failures: number;
      readonly phase: KeySetPhase;

      /** Until the next attempt. */
      readonly retryAfterSeconds: number;
    }
  /** Keys past their lifetime are served, as the issuer fails. */
  | { readonly type: "keys_stale"; readonly secondsLeft: number }
  /** No key is served any more. */
  | { readonly type: "keys_dead"; readonly reason: string | undefined }
  | { readonly type: "keys_recovered"; readonly failures: number }
  | KeyChange
  /** Keys that an earlier process exported are served, until the issuer has answered. */
  | {
      readonly type: "keys_imported";
      readonly keyIds: readonly (string | undefined)[];
      readonly secondsLeft: number;
    }
  /** Such as `import_dead`, `import_issuer`, `import_seal`. */
  | { readonly type: "keys_import_refused"; readonly reason: string }
  /** Unknown key ids caused as many fetches as they may; `refused`: tokens since the last such report. */
  | { readonly type: "unknown_key_throttled"; readonly refused: number };

/** A key that came or went. */
export interface KeyChange {
  readonly type: "key_added" | "key_removed";
  readonly kid: string | undefined;
  readonly algorithm: SignatureAlgorithm;
}

/** Tells of the end of a fetch; one that has to be confirmed by another one is not told of. */
export function reportFetch(
  before: KeySetState,
  after: KeySetState,
  { outcome, nowMs }: { readonly outcome: FetchOutcome; readonly nowMs: number },
): readonly KeySetReport[] {
  if (after.isFetching) return [];
  const changes = reportChanges(before.keys, after.keys);
  if (after.failures > 0) {
    const failure: KeySetReport = {
      type: "keys_failed",
      reason: after.lastFailure ?? "unknown",
      failures: after.failures,
      phase: keySetPhase(after, nowMs),
      retryAfterSeconds: (after.retryAtMs - nowMs) / 1000,
    };
    return [failure, ...changes];
  }
  const fetched: KeySetReport = {
    type: "keys_fetched",
    keyIds: after.keys.map(({ kid }) => kid),
    lifetimeSeconds: (after.expiresAtMs - nowMs) / 1000,
    isUnchanged: outcome.kind === "unchanged",
  };
  const { failures } = before;
  return failures > 0
    ? [fetched, { type: "keys_recovered", failures }, ...changes]
    : [fetched, ...changes];
}

/** Tells of keys that are served, or no longer, only because the issuer fails; `told` is the phase that was told last. */
export function reportPhase(
  state: KeySetState,
  told: KeySetPhase | undefined,
  nowMs: number,
): KeySetReport | undefined {
  if (state.failures === 0) return undefined;
  const phase = keySetPhase(state, nowMs);
  if (phase === told) return undefined;
  if (phase === "dead") return { type: "keys_dead", reason: state.lastFailure };
  if (phase !== "stale") return undefined;
  return { type: "keys_stale", secondsLeft: (state.deadAtMs - nowMs) / 1000 };
}

/** A key counts as another one with other material, be its id the same. */
function reportChanges(
  before: readonly KeySetKey[],
  after: readonly KeySetKey[],
): readonly KeyChange[] {
  if (before === after) return [];
  const report =
    (type: KeyChange["type"]) =>
    ({ kid, key }: KeySetKey): KeyChange => ({ type, kid, algorithm: key.algorithm });
  return [
    ...missingFrom(before, after).map(report("key_added")),
    ...missingFrom(after, before).map(report("key_removed")),
  ];
}

function missingFrom(set: readonly KeySetKey[], keys: readonly KeySetKey[]): readonly KeySetKey[] {
  return keys.filter(
    ({ kid, key }) => !set.some((other) => other.kid === kid && other.key === key),
  );
}
