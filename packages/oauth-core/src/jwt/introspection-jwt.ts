/**
 * The signed answer of an introspection endpoint.
 *
 * It says nothing at its top level that an access token says, and its type is its own, so that it can never pass as one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9701#section-5 | RFC 9701 section 5}
 * @module
 */

import type { Bytes } from "../ports.ts";
import type { SignatureAlgorithm } from "../signature-engine.ts";
import type { IntrospectionResponse } from "../protocol/introspection-response.ts";
import {
  introspectionMembers,
  parseIntrospectionMembers,
} from "../protocol/introspection-response.ts";
import type { JsonObject } from "../protocol/json.ts";
import { isJsonObject, ownMember, ownText, ownTexts } from "../protocol/json.ts";
import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import { isOfType, parseCompactJws } from "./compact-jws.ts";
import { parseSignatureAlgorithm } from "./jwk-algorithm.ts";

/** The `typ` of the JWT. */
export const introspectionJwtType = "token-introspection+jwt";

/** The media type of the answer, and what a caller that wants one names in `Accept`. */
export const introspectionJwtMediaType = "application/token-introspection+jwt";

/** What a signed answer says. */
export interface IntrospectionJwtClaims {
  readonly issuer: string;

  /** Whom the answer is for: the client that asked. */
  readonly audience: readonly string[];

  /** When it was given, in seconds since the Unix epoch. */
  readonly issuedAt: number;

  /** The whole answer, inactive ones too. */
  readonly response: IntrospectionResponse;
}

/** A signed answer taken apart; nothing in it has been verified. */
export interface ReceivedIntrospectionJwt {
  readonly kid: string | undefined;

  /** The key must be bound to exactly this algorithm. */
  readonly algorithm: SignatureAlgorithm;
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
  readonly unverifiedClaims: IntrospectionJwtClaims;
}

/** What an answer must be to be believed. */
export interface IntrospectionJwtPolicy {
  /** Compared byte by byte. */
  readonly issuer: string;

  /** The client that asked. */
  readonly audience: string;
  readonly clockToleranceSeconds: number;

  /** An older answer is one that somebody has kept. */
  readonly maxAgeSeconds: number;
}

/** Why a signed answer is refused. */
export type IntrospectionJwtFailure = ProtocolFailure<
  | "introspection_jwt_malformed"
  | "introspection_jwt_type"
  | "introspection_jwt_algorithm"
  | "introspection_jwt_claims"
  | "introspection_jwt_signature"
  | "introspection_jwt_issuer"
  | "introspection_jwt_audience"
  | "introspection_jwt_time"
>;

const reference = "RFC 9701 section 5";

/** Writes the payload. */
export function formatIntrospectionJwtClaims(claims: IntrospectionJwtClaims): JsonObject {
  const { issuer, audience, issuedAt, response } = claims;
  return {
    iss: issuer,
    aud: audience.length === 1 ? audience[0] : audience,
    iat: issuedAt,
    token_introspection: introspectionMembers(response),
  };
}

/** Takes a signed answer apart: all that comes before the signature check. */
export function parseIntrospectionJwt(
  jwt: string,
  bytes: Bytes,
): Result<ReceivedIntrospectionJwt, IntrospectionJwtFailure> {
  const jws = parseCompactJws(jwt, bytes);
  if (!jws.ok) {
    return protocolFailure("introspection_jwt_malformed", "The answer is no JWS", reference);
  }
  const { header, payload, signingInput, signature } = jws.value;
  if (!isOfType(header, [introspectionJwtType])) {
    return protocolFailure("introspection_jwt_type", "The JWT is of another type", reference);
  }
  const algorithm = parseSignatureAlgorithm(header.alg);
  if (algorithm === undefined) {
    return protocolFailure("introspection_jwt_algorithm", "The alg is not accepted", reference);
  }
  const unverifiedClaims = parseClaims(payload);
  if (unverifiedClaims === undefined) {
    return protocolFailure(
      "introspection_jwt_claims",
      "The answer lacks iss, aud, iat or token_introspection, or one is malformed",
      reference,
    );
  }
  return ok({ kid: header.kid, algorithm, signingInput, signature, unverifiedClaims });
}

/** Does all that comes after the signature check; `now` is in seconds since the Unix epoch. */
export function concludeIntrospectionJwt(
  { unverifiedClaims }: ReceivedIntrospectionJwt,
  context: {
    readonly isGood: boolean;
    readonly policy: IntrospectionJwtPolicy;
    readonly now: number;
  },
): Result<IntrospectionResponse, IntrospectionJwtFailure> {
  const { isGood, policy, now } = context;
  if (!isGood) {
    return protocolFailure(
      "introspection_jwt_signature",
      "The signature is not good",
      "RFC 7515 section 5.2",
    );
  }
  const { issuer, audience, issuedAt, response } = unverifiedClaims;
  if (issuer !== policy.issuer) {
    return protocolFailure(
      "introspection_jwt_issuer",
      "The answer is of another issuer",
      reference,
    );
  }
  if (!audience.includes(policy.audience)) {
    return protocolFailure(
      "introspection_jwt_audience",
      "The answer is for another caller",
      reference,
    );
  }
  const { clockToleranceSeconds, maxAgeSeconds } = policy;
  const ageSeconds = now - issuedAt;
  // Written so that a clock that yields NaN accepts nothing.
  if (
    !(ageSeconds >= -clockToleranceSeconds && ageSeconds <= maxAgeSeconds + clockToleranceSeconds)
  ) {
    return protocolFailure("introspection_jwt_time", "The answer is of another time", reference);
  }
  return ok(response);
}

/** A claim of the wrong type refuses the whole. */
function parseClaims(payload: JsonObject): IntrospectionJwtClaims | undefined {
  const issuer = ownText(payload, "iss");
  const single = ownText(payload, "aud");
  const audience = single === undefined ? ownTexts(payload, "aud") : [single];
  const issuedAt = ownMember(payload, "iat");
  const members = ownMember(payload, "token_introspection");
  const response = isJsonObject(members) ? parseIntrospectionMembers(members) : undefined;
  if (
    issuer === undefined ||
    audience === undefined ||
    typeof issuedAt !== "number" ||
    !Number.isFinite(issuedAt) ||
    !response?.ok
  ) {
    return undefined;
  }
  return { issuer, audience, issuedAt, response: response.value };
}
