/**
 * JSON Web Keys and their sets.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-5 | RFC 7517 section 5}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import type { JsonObject } from "./json.ts";
import { isJsonObject, ownMember, parseJsonObject } from "./json.ts";

/** An asymmetric public key; times, if any, are elsewhere. */
export interface PublicJwk {
  readonly kty: string;
  readonly kid?: string | undefined;
  readonly use?: string | undefined;
  readonly alg?: string | undefined;
  readonly key_ops?: readonly string[] | undefined;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
}

/** An asymmetric private key; never leaves the process that signs. */
export interface PrivateJwk extends PublicJwk {
  readonly d: string;
  readonly p?: string | undefined;
  readonly q?: string | undefined;
  readonly dp?: string | undefined;
  readonly dq?: string | undefined;
  readonly qi?: string | undefined;
}

/** What a set holds; entries that are no public keys are counted, not kept. */
export interface ParsedJwkSet {
  readonly keys: readonly PublicJwk[];

  /** Entries left out: symmetric, private, or not even an object. One bad key does not spoil the set. */
  readonly refused: number;
}

/** Why a set is refused as a whole. */
export type JwkSetFailure = ProtocolFailure<
  "jwks_not_json" | "jwks_keys_invalid" | "jwks_too_many_keys"
>;

const reference = "RFC 7517 section 5";
const publicMembers = ["kty", "kid", "use", "alg", "key_ops", "crv", "x", "y", "n", "e"] as const;
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/** Copies the members that may be published, by name, so that no other can slip through. */
export function toPublicJwk(jwk: PublicJwk): PublicJwk {
  const copy: Record<string, unknown> = {};
  for (const name of publicMembers) {
    if (Object.hasOwn(jwk, name) && jwk[name] !== undefined) copy[name] = jwk[name];
  }
  return copy as unknown as PublicJwk;
}

/** Writes a set; private members of the keys are not written. */
export function formatJwkSet(keys: readonly PublicJwk[]): string {
  return JSON.stringify({ keys: keys.map(toPublicJwk) });
}

/** Reads a set; more than `maxKeys` entries refuse the whole. */
export function parseJwkSet(body: string, maxKeys: number): Result<ParsedJwkSet, JwkSetFailure> {
  const members = parseJsonObject(body);
  if (members === undefined) {
    return protocolFailure("jwks_not_json", "The JWK Set is not a JSON object", reference);
  }
  const entries = ownMember(members, "keys");
  if (!Array.isArray(entries)) {
    return protocolFailure("jwks_keys_invalid", "The JWK Set has no array of keys", reference);
  }
  if (entries.length > maxKeys) {
    return protocolFailure("jwks_too_many_keys", "The JWK Set has too many keys", reference);
  }
  const keys = entries.map(parsePublicJwk).filter((key) => key !== undefined);
  return ok({ keys, refused: entries.length - keys.length });
}

/** Reads one key, its public members alone; `undefined` when it is symmetric, private or malformed. */
export function parsePublicJwk(value: unknown): PublicJwk | undefined {
  return isPublicJwk(value) ? toPublicJwk(value) : undefined;
}

function isPublicJwk(entry: unknown): entry is PublicJwk & JsonObject {
  if (!isJsonObject(entry)) return false;
  const kty = ownMember(entry, "kty");
  if (typeof kty !== "string" || kty === "oct") return false;
  if (privateMembers.some((name) => Object.hasOwn(entry, name))) return false;
  const operations = ownMember(entry, "key_ops");
  return (
    publicMembers.every(
      (name) =>
        name === "key_ops" || ["string", "undefined"].includes(typeof ownMember(entry, name)),
    ) &&
    (operations === undefined ||
      (Array.isArray(operations) && operations.every((item) => typeof item === "string")))
  );
}
