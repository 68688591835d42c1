import type { KeyQuery } from "./key-set-key.ts";

/**
 * Keys that an issuer did not have, each with the millisecond of the monotonic clock until which that is remembered.
 *
 * Without it, one caller with an outdated key would spend all that unknown keys may cause, and a new key would wait.
 */
export type MissingKeys = ReadonlyMap<string, number>;

/** Nothing is known to be missing. */
export const noMissingKeys: MissingKeys = new Map();

// Ids come from strangers: neither many nor long ones are kept.
const maxEntries = 100;
const maxIdLength = 256;

/** Tells whether a key was asked for in vain a short while ago. */
export function isMissing(missing: MissingKeys, query: KeyQuery, nowMs: number): boolean {
  return nowMs < (missing.get(nameOf(query)) ?? -Infinity);
}

/** Remembers that a key is missing; the oldest makes room. */
export function addMissing(missing: MissingKeys, query: KeyQuery, untilMs: number): MissingKeys {
  if ((query.kid?.length ?? 0) > maxIdLength) return missing;
  const added = new Map(missing);
  added.delete(nameOf(query));
  added.set(nameOf(query), untilMs);
  const [oldest] = added.keys();
  if (added.size > maxEntries && oldest !== undefined) added.delete(oldest);
  return added;
}

function nameOf({ kid, algorithm }: KeyQuery): string {
  return kid === undefined ? algorithm : `${algorithm} ${kid}`;
}
