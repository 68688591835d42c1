/**
 * A signing key's life: announce → sign → retain → remove, computed from its row and the clock.
 *
 * No node signs with a key that another has not published yet, because all compute the same phase from the same row.
 *
 * @module
 */

import type { SignatureAlgorithm } from "../../ports.ts";
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
}

/** Where a key is in its life. */
export type KeyPhase = "unpublished" | "announced" | "signing" | "retained" | "removed";

/** Returns the phase of a key at `now` (epoch seconds). */
export function keyPhase(key: Omit<KeyRecord, "jwk">, now: number): KeyPhase {
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

/** Orders keys by when they begin to sign; the kid decides between equals, so that all nodes agree. */
export function isYounger(key: KeyRecord, other: KeyRecord): boolean {
  return key.signAt > other.signAt || (key.signAt === other.signAt && key.kid > other.kid);
}
