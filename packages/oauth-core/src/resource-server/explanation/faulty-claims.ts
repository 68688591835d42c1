/**
 * Which claims of a token are missing or malformed.
 *
 * The rules are those of `parseAccessTokenClaims` and stand there alone: each claim is put among good ones, and the whole
 * is parsed.
 *
 * @module
 */

import type { AccessTokenClaims } from "../../jwt/access-token-claims.ts";
import { parseAccessTokenClaims } from "../../jwt/access-token-claims.ts";
import type { JsonObject } from "../../protocol/json.ts";

/** A claim that refuses its token; the name is one of ours, never the token's. */
export interface FaultyClaim {
  readonly name: string;

  /** The JSON type that it has, such as `number`; absent: it is missing. */
  readonly type?: string | undefined;
}

/** The claims of a token as far as they can be read. */
export interface ReadableClaims {
  readonly faulty: readonly FaultyClaim[];

  /** A faulty claim has a value here that means nothing. */
  readonly claims: AccessTokenClaims;
}

const sample: JsonObject = {
  iss: "-",
  sub: "-",
  client_id: "-",
  aud: "-",
  scope: "",
  iat: 0,
  exp: 0,
  nbf: 0,
  jti: "-",
  cnf: {},
};

/** Reads what can be read. */
export function readClaims(payload: JsonObject): ReadableClaims {
  const faulty: FaultyClaim[] = [];
  const readable: Record<string, unknown> = {};
  for (const name of Object.keys(sample)) {
    const hasClaim = Object.hasOwn(payload, name);
    const value = payload[name];
    // A member that is undefined could not come from JSON; here it stands for one that is not there.
    if (parseAccessTokenClaims(withClaim(name, { hasClaim, value })).ok) {
      if (hasClaim) readable[name] = value;
      continue;
    }
    faulty.push(hasClaim ? { name, type: jsonType(value) } : { name });
    readable[name] = sample[name];
  }
  const parsed = parseAccessTokenClaims(readable);
  if (!parsed.ok) throw new Error("Claims that are good one by one are not good together");
  return { faulty, claims: parsed.value };
}

function withClaim(
  name: string,
  { hasClaim, value }: { readonly hasClaim: boolean; readonly value: unknown },
): JsonObject {
  const { [name]: _replaced, ...others } = sample;
  return hasClaim ? { ...others, [name]: value } : others;
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
