/**
 * The last good keys of an issuer as plain data, for a process that starts while the issuer cannot be asked.
 *
 * Times are of the wall clock, the only one that outlives a process. A set that travels keeps its end: to export what was
 * imported adds nothing to its life.
 *
 * @module
 */

import type { JsonObject } from "../protocol/json.ts";
import { isJsonObject, ownMember, ownText, parseJsonObject } from "../protocol/json.ts";
import type { PublicJwk } from "../protocol/jwk-set.ts";
import { parsePublicJwk, toPublicJwk } from "../protocol/jwk-set.ts";
import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import type { KeySetKey } from "./key-set-key.ts";
import { maxKeySetKeys } from "./key-set-response.ts";
import type { KeySetValidator } from "./key-set-source.ts";
import type { KeySetState } from "./key-set-state.ts";
import { keySetPhase } from "./key-set-state.ts";

/** The keys of one issuer. Instants are in seconds since the Unix epoch. */
export interface ExportedKeySet {
  readonly issuer: string;
  readonly keys: readonly PublicJwk[];
  readonly exportedAt: number;

  /** The end of the keys' lifetime. */
  readonly expiresAt: number;

  /** The end of the time for which they may be served while the issuer fails. */
  readonly deadAt: number;

  /** Names the document that the keys are from, to ask whether it has changed. */
  readonly validator?: KeySetValidator | undefined;
}

/** Why an exported set cannot be read. */
export type ExportedKeySetFailure = ProtocolFailure<"import_malformed">;

/** Returns the keys that are served now; `undefined` when there are none. */
export function exportKeySet(
  state: KeySetState,
  options: { readonly issuer: string; readonly now: number; readonly nowMs: number },
): ExportedKeySet | undefined {
  const { issuer, now, nowMs } = options;
  const phase = keySetPhase(state, nowMs);
  const keys = state.keys.map(toJwk).filter((jwk) => jwk !== undefined);
  if (phase === "empty" || phase === "dead" || keys.length === 0) return undefined;
  const { expiresAtMs, deadAtMs, validator } = state;
  const toEpochSeconds = (ms: number): number => now + (ms - nowMs) / 1000;
  return {
    issuer,
    keys,
    exportedAt: now,
    expiresAt: toEpochSeconds(expiresAtMs),
    deadAt: toEpochSeconds(deadAtMs),
    // With keys left out, the document's name would stand for more than there is.
    ...(validator !== undefined && keys.length === state.keys.length && { validator }),
  };
}

/** Reads what {@link exportKeySet} made, wherever it has been meanwhile: nothing in it is trusted yet. */
export function parseExportedKeySet(value: unknown): Result<ExportedKeySet, ExportedKeySetFailure> {
  if (!isJsonObject(value)) return malformed();
  const issuer = ownText(value, "issuer");
  const entries = ownMember(value, "keys");
  const exportedAt = ownTime(value, "exportedAt");
  const expiresAt = ownTime(value, "expiresAt");
  const deadAt = ownTime(value, "deadAt");
  const validator = ownMember(value, "validator");
  if (
    issuer === undefined ||
    exportedAt === undefined ||
    expiresAt === undefined ||
    deadAt === undefined ||
    !Array.isArray(entries) ||
    entries.length > maxKeySetKeys
  ) {
    return malformed();
  }
  const keys = entries.map(parsePublicJwk).filter((key) => key !== undefined);
  // Unlike a set from the issuer, this one was written by a verifier: a bad key in it means that something is wrong.
  if (keys.length === 0 || keys.length < entries.length) return malformed();
  const times = { exportedAt, expiresAt, deadAt };
  if (validator === undefined) return ok({ issuer, keys, ...times });
  const url = isJsonObject(validator) ? ownText(validator, "url") : undefined;
  const etag = isJsonObject(validator) ? ownText(validator, "etag") : undefined;
  if (url === undefined || etag === undefined) return malformed();
  return ok({ issuer, keys, ...times, validator: { url, etag } });
}

/** The members that make the key, and what it was bound to when it was imported. */
function toJwk({ kid, key, thumbprintInput }: KeySetKey): PublicJwk | undefined {
  const members = thumbprintInput === undefined ? undefined : parseJsonObject(thumbprintInput);
  if (members === undefined) return undefined;
  const { kty } = members;
  if (typeof kty !== "string") return undefined;
  return toPublicJwk({ ...members, kty, kid, alg: key.algorithm, use: "sig" });
}

function ownTime(object: JsonObject, name: string): number | undefined {
  const value = ownMember(object, name);
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function malformed(): ReturnType<typeof protocolFailure<"import_malformed">> {
  return protocolFailure(
    "import_malformed",
    "The exported key set is malformed",
    "RFC 7517 section 5",
  );
}
