/**
 * The client assertion: a JWT by which a client proves who it is, once (`private_key_jwt`).
 *
 * Reading decides nothing about trust: the authorization server verifies what it has read.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-3 | RFC 7523 section 3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7521#section-4.2 | RFC 7521 section 4.2}
 * @module
 */

import type { Bytes } from "../ports.ts";
import type { SignatureAlgorithm } from "../signature-engine.ts";
import type { JsonObject } from "../protocol/json.ts";
import { ownMember, ownText } from "../protocol/json.ts";
import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import { isOfType, parseCompactJws } from "./compact-jws.ts";
import { parseSignatureAlgorithm } from "./jwk-algorithm.ts";

/** The value of `client_assertion_type` that goes with a JWT. */
export const clientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** What assertions may be signed with: the algorithms of FAPI 2.0; never RS256, nothing symmetric. */
export const clientAssertionAlgorithms = ["PS256", "ES256", "Ed25519"] as const;

/** An algorithm of {@link clientAssertionAlgorithms}. */
export type ClientAssertionAlgorithm = (typeof clientAssertionAlgorithms)[number];

/** What an assertion says; times are seconds since the Unix epoch. */
export interface ClientAssertionClaims {
  /** The client, as is the subject. */
  readonly issuer: string;
  readonly subject: string;

  /** The issuer identifier of the authorization server, and nothing beside it (FAPI 2.0 section 5.3.2.1). */
  readonly audience: string;
  readonly expiresAt: number;
  readonly issuedAt?: number | undefined;
  readonly notBefore?: number | undefined;

  /** Unique among the assertions of the client. */
  readonly jti: string;
}

/** An assertion taken apart; nothing in it has been verified. */
export interface ClientAssertion {
  /** The key must be bound to exactly this algorithm. */
  readonly algorithm: ClientAssertionAlgorithm;

  /** Names the key; without one, the client's only key of the algorithm is meant. */
  readonly kid: string | undefined;
  readonly claims: ClientAssertionClaims;
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/** Why an assertion is refused unverified. */
export type ClientAssertionFailure = ProtocolFailure<
  "assertion_malformed" | "assertion_type" | "assertion_algorithm" | "assertion_claims"
>;

// What authorization servers of today and of the revised RFC 7523 take; other types are tokens for something else.
const assertionTypes = ["jwt", "client-authentication+jwt"];
const reference = "RFC 7523 section 3";

/** Writes the first segment, once for each key. */
export function encodeClientAssertionHeader(
  key: {
    readonly algorithm: ClientAssertionAlgorithm | "EdDSA";
    readonly kid?: string | undefined;
  },
  bytes: Bytes,
): string {
  const header = { alg: key.algorithm, typ: "JWT", kid: key.kid };
  return bytes.encodeBase64url(bytes.encodeUtf8(JSON.stringify(header)));
}

/** Writes the payload. */
export function formatClientAssertionClaims(claims: ClientAssertionClaims): JsonObject {
  const { issuedAt, notBefore } = claims;
  return {
    iss: claims.issuer,
    sub: claims.subject,
    aud: claims.audience,
    exp: claims.expiresAt,
    ...(issuedAt !== undefined && { iat: issuedAt }),
    ...(notBefore !== undefined && { nbf: notBefore }),
    jti: claims.jti,
  };
}

/** Takes an assertion apart. */
export function parseClientAssertion(
  assertion: string,
  bytes: Bytes,
): Result<ClientAssertion, ClientAssertionFailure> {
  const jws = parseCompactJws(assertion, bytes);
  if (!jws.ok) {
    return protocolFailure("assertion_malformed", "The assertion is not a compact JWS", reference);
  }
  const { header, payload, signingInput, signature } = jws.value;
  if (header.typ !== undefined && !isOfType(header, assertionTypes)) {
    return protocolFailure("assertion_type", "The JWT is typed for another use", reference);
  }
  const algorithm = parseSignatureAlgorithm(header.alg);
  if (algorithm === undefined || !isClientAssertionAlgorithm(algorithm)) {
    return protocolFailure("assertion_algorithm", "The alg is not accepted", reference);
  }
  const claims = parseClientAssertionClaims(payload);
  if (claims === undefined) {
    return protocolFailure(
      "assertion_claims",
      "The assertion lacks iss, sub, aud, exp or jti, or a claim has the wrong type",
      reference,
    );
  }
  return ok({ algorithm, kid: header.kid, claims, signingInput, signature });
}

/** Tells whether assertions may be signed with an algorithm. */
export function isClientAssertionAlgorithm(
  algorithm: SignatureAlgorithm | undefined,
): algorithm is ClientAssertionAlgorithm {
  return clientAssertionAlgorithms.some((name) => name === algorithm);
}

/** A claim of the wrong type refuses the whole: it is never taken as absent. */
function parseClientAssertionClaims(payload: JsonObject): ClientAssertionClaims | undefined {
  const issuer = ownText(payload, "iss");
  const subject = ownText(payload, "sub");
  const audience = ownText(payload, "aud");
  const jti = ownText(payload, "jti");
  const [expiresAt, issuedAt, notBefore] = ["exp", "iat", "nbf"].map((name) =>
    ownMember(payload, name),
  );
  if (
    issuer === undefined ||
    subject === undefined ||
    audience === undefined ||
    jti === undefined ||
    typeof expiresAt !== "number" ||
    !isOptionalNumber(issuedAt) ||
    !isOptionalNumber(notBefore)
  ) {
    return undefined;
  }
  return { issuer, subject, audience, expiresAt, issuedAt, notBefore, jti };
}

function isOptionalNumber(value: unknown): value is number | undefined {
  return value === undefined || typeof value === "number";
}
