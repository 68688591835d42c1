/**
 * A signing key's life: announce → sign → retain → remove, computed from its row and the clock.
 *
 * No node signs with a key that another has not published yet, because all compute the same phase from the same row.
 *
 * @module
 */

import type { SignatureAlgorithm } from "../../signature-engine.ts";
import type { PrivateJwk } from "../../protocol/jwk-set.ts";

/** A key pair and its dates, in seconds since the Unix epoch. Rows are JSON, so that any store can hold them. */
export interface KeyRecord {
  /** The thumbprint of RFC 7638, and so never used for another key. */
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  readonly jwk: PrivateJwk;

  /** In the JWKS from here on. */
  readonly announceAt: number;

  /** May sign from here on. */
  readonly signAt: number;

  /** Signs no more; absent while no successor is known. */
  readonly retainAt?: number | undefined;

  /** Out of the JWKS, and its tokens refused, from here on. */
  readonly removeAt?: number | undefined;

  /** When it was made. */
  readonly createdAt?: number | undefined;

  /** One more than that of the key it succeeded. @defaultValue 0 */
  readonly generation?: number | undefined;

  /** The key that takes over, from the decision until it has a row of its own. */
  readonly successor?: KeySuccessor | undefined;
}

/** A key that was chosen to take over and has not been announced yet. */
export interface KeySuccessor {
  readonly kid: string;
  readonly jwk: PrivateJwk;

  /** How long it is announced before it signs. */
  readonly announceSeconds: number;

  /** When it is due to sign, if there is time enough to announce it until then. */
  readonly dueAt: number;
}

/** Where a key is in its life. */
export type KeyPhase = "unpublished" | "announced" | "signing" | "retained" | "removed";

type KeyDate = "announceAt" | "signAt" | "retainAt" | "removeAt";

/** Returns the phase of a key at `now` (epoch seconds). */
export function keyPhase(key: Pick<KeyRecord, KeyDate>, now: number): KeyPhase {
  if (key.removeAt !== undefined && now >= key.removeAt) return "removed";
  if (key.retainAt !== undefined && now >= key.retainAt) return "retained";
  if (now >= key.signAt) return "signing";
  return now >= key.announceAt ? "announced" : "unpublished";
}

/** Returns the keys that the JWKS shows at `now`. */
export function publishedKeys(keys: readonly KeyRecord[], now: number): readonly KeyRecord[] {
  return keys.filter((key) => !["unpublished", "removed"].includes(keyPhase(key, now)));
}

/** Returns the key that signs with an algorithm at `now`: the youngest of those that may. */
export function signingKeyRecord(
  keys: readonly KeyRecord[],
  query: { readonly algorithm: SignatureAlgorithm; readonly now: number },
): KeyRecord | undefined {
  const { algorithm, now } = query;
  let youngest: KeyRecord | undefined;
  for (const key of keys) {
    if (key.algorithm !== algorithm || keyPhase(key, now) !== "signing") continue;
    if (youngest === undefined || isYounger(key, youngest)) youngest = key;
  }
  return youngest;
}

/** Returns the key that signs last, now or later: the one that a successor takes over from. */
export function latestKey<Row extends { readonly value: KeyRecord }>(
  rows: readonly Row[],
  query: { readonly algorithm: SignatureAlgorithm; readonly now: number },
): Row | undefined {
  const { algorithm, now } = query;
  let latest: Row | undefined;
  for (const row of rows) {
    const { value } = row;
    const mayYetSign = !["retained", "removed"].includes(keyPhase(value, now));
    if (value.algorithm !== algorithm || !mayYetSign) continue;
    if (latest === undefined || isYounger(value, latest.value)) latest = row;
  }
  return latest;
}

/** Orders keys by when they begin to sign, then by who succeeded whom; the kid decides last, so that all nodes agree. */
export function isYounger(key: KeyRecord, other: KeyRecord): boolean {
  if (key.signAt !== other.signAt) return key.signAt > other.signAt;
  const [generation, otherGeneration] = [key.generation ?? 0, other.generation ?? 0];
  return generation === otherGeneration ? key.kid > other.kid : generation > otherGeneration;
}
