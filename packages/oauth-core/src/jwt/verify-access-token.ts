/**
 * The verification of a JWT access token, in the two pure halves around the signature check.
 *
 * Whoever has a key and an engine runs `prepareVerification`, looks the key up, lets the engine check the signature,
 * at once or later, and runs `concludeVerification`. The resource server and introspection share both halves.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 | RFC 9068 section 4}
 * @module
 */

import type { Bytes } from "../ports.ts";
import type { SignatureAlgorithm } from "../signature-engine.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { Failed, ProtocolFailure, Result } from "../result.ts";
import { failed, ok } from "../result.ts";
import type { AccessTokenClaims, ClaimsReading } from "./access-token-claims.ts";
import { parseAccessTokenClaims } from "./access-token-claims.ts";
import type { CompactJws, JwsHeader, JwsLimits, JwsReading } from "./compact-jws.ts";
import { defaultJwsLimits, isOfType, parseCompactJws } from "./compact-jws.ts";
import { parseSignatureAlgorithm } from "./jwk-algorithm.ts";

/** What a token must be to be accepted. */
export interface AccessTokenPolicy {
  /** Compared byte by byte. */
  readonly issuer: string;

  /** One of these must be among the token's audience; `null` accepts any, and so stands out in review. */
  readonly audience: readonly string[] | null;

  readonly algorithms: readonly SignatureAlgorithm[];

  /** Values of `typ` without `application/`, in lower case: `at+jwt`. */
  readonly tokenTypes: readonly string[];

  /** How far this clock and the issuer's may differ. */
  readonly clockToleranceSeconds: number;

  /** @defaultValue 16 KiB */
  readonly limits?: JwsLimits;
}

/** A token that is well formed and of the right kind; it still proves nothing. */
export interface PreparedVerification<Form extends string | Uint8Array = Uint8Array> {
  readonly token: string;
  readonly header: JwsHeader;

  /** The first segment of the token. */
  readonly encodedHeader: string;

  /** Names the key; without one, the only key of the algorithm may be taken. */
  readonly kid: string | undefined;

  /** The key must be bound to exactly this algorithm. */
  readonly algorithm: SignatureAlgorithm;
  readonly signingInput: Form;
  readonly signature: Form;
  readonly unverifiedPayload: JsonObject;
}

/** The step that refused a token. For the server's own eyes: callers get one answer for all of them. */
export type VerificationFailureCode =
  | "malformed"
  | "type"
  | "algorithm"
  | "key_not_found"
  | "signature"
  | "claims"
  | "issuer"
  | "audience"
  | "expired"
  | "not_yet_valid"
  | "confirmation"
  | "revoked";

/** Why a token is refused. */
export type VerificationFailure = ProtocolFailure<VerificationFailureCode>;

const failures: Readonly<
  Record<VerificationFailureCode, readonly [message: string, reference: string]>
> = {
  malformed: ["The token is not a well-formed JWS", "RFC 7515 section 5.2"],
  type: ["The token is not typed as an access token", "RFC 9068 section 4"],
  algorithm: ["The token's algorithm is not accepted", "RFC 8725 section 3.1"],
  key_not_found: ["The issuer has no such key", "RFC 7515 section 4.1.4"],
  signature: ["The signature is not good", "RFC 7515 section 5.2"],
  claims: ["A claim is missing or malformed", "RFC 9068 section 2.2"],
  issuer: ["The token is from another issuer", "RFC 9068 section 4"],
  audience: ["The token is for another audience", "RFC 9068 section 4"],
  expired: ["The token has expired", "RFC 7519 section 4.1.4"],
  not_yet_valid: ["The token is not valid yet", "RFC 7519 section 4.1.5"],
  confirmation: ["The token is bound to a key that was not proven", "RFC 7800 section 3"],
  revoked: ["The token has been revoked", "RFC 7009 section 2"],
};

/** Makes the failure of one step. */
export function verificationFailure(code: VerificationFailureCode): Failed<VerificationFailure> {
  const [message, reference] = failures[code];
  return failed({ code, message, reference });
}

/** Does all that comes before the signature check. */
export function prepareVerification(
  token: string,
  context: Pick<JwsReading, "findHeader"> & {
    readonly policy: AccessTokenPolicy;
    readonly bytes: Bytes;
  },
): Result<PreparedVerification, VerificationFailure> {
  const { policy, bytes, findHeader } = context;
  const { maxLength, acceptPadding } = policy.limits ?? defaultJwsLimits;
  const jws = parseCompactJws(token, bytes, { maxLength, acceptPadding, findHeader });
  return jws.ok ? prepareParsed(token, jws.value, policy) : verificationFailure("malformed");
}

/** Does the same with a token that has been taken apart, for those who choose the policy by what it says. */
export function prepareParsed<Form extends string | Uint8Array>(
  token: string,
  jws: CompactJws<Form>,
  policy: AccessTokenPolicy,
): Result<PreparedVerification<Form>, VerificationFailure> {
  const { header, encodedHeader, payload, signingInput, signature } = jws;
  if (!isOfType(header, policy.tokenTypes)) return verificationFailure("type");
  const algorithm = parseSignatureAlgorithm(header.alg);
  if (algorithm === undefined || !policy.algorithms.includes(algorithm)) {
    return verificationFailure("algorithm");
  }
  return ok({
    token,
    header,
    encodedHeader,
    kid: header.kid,
    algorithm,
    signingInput,
    signature,
    unverifiedPayload: payload,
  });
}

/** Does all that comes after the signature check; `now` is in seconds since the Unix epoch. */
export function concludeVerification(
  { unverifiedPayload }: Pick<PreparedVerification, "unverifiedPayload">,
  context: {
    readonly isGood: boolean;
    readonly policy: AccessTokenPolicy;
    readonly now: number;
    readonly findScope?: ClaimsReading["findScope"];
  },
): Result<AccessTokenClaims, VerificationFailure> {
  const { isGood, policy, now, findScope } = context;
  if (!isGood) return verificationFailure("signature");
  const parsed = parseAccessTokenClaims(unverifiedPayload, { findScope });
  if (!parsed.ok) return verificationFailure("claims");
  const claims = parsed.value;
  const code = checkClaims(claims, policy, now);
  return code === undefined ? ok(claims) : verificationFailure(code);
}

/** Tells what of well-formed claims the policy does not accept at `now`, the first of it. */
export function checkClaims(
  claims: Pick<AccessTokenClaims, "issuer" | "audience" | "expiresAt" | "notBefore">,
  policy: AccessTokenPolicy,
  now: number,
): "issuer" | "audience" | "expired" | "not_yet_valid" | undefined {
  if (claims.issuer !== policy.issuer) return "issuer";
  if (!isForAudience(claims, policy)) return "audience";
  return checkLifetime(claims, policy, now);
}

/** Tells whether a token is for this resource server. */
export function isForAudience(
  claims: Pick<AccessTokenClaims, "audience">,
  { audience }: Pick<AccessTokenPolicy, "audience">,
): boolean {
  return audience === null || claims.audience.some((name) => audience.includes(name));
}

/** Tells whether a token that was good once is so at `now`; for tokens that are seen again. */
export function checkLifetime(
  claims: Pick<AccessTokenClaims, "expiresAt" | "notBefore">,
  policy: Pick<AccessTokenPolicy, "clockToleranceSeconds">,
  now: number,
): "expired" | "not_yet_valid" | undefined {
  const { clockToleranceSeconds } = policy;
  // Written so that a clock that yields NaN accepts nothing.
  if (!(now < claims.expiresAt + clockToleranceSeconds)) return "expired";
  const { notBefore } = claims;
  return notBefore !== undefined && now < notBefore - clockToleranceSeconds
    ? "not_yet_valid"
    : undefined;
}
