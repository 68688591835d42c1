/**
 * The DPoP proof: a JWT by which a client proves that it holds a key, for one request.
 *
 * Reading decides nothing about trust: see `verify-dpop-proof.ts`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.2 | RFC 9449 section 4.2}
 * @module
 */

import type { Bytes } from "../ports.ts";
import type { SignatureAlgorithm } from "../signature-engine.ts";
import type { JsonObject } from "../protocol/json.ts";
import { ownMember, ownText } from "../protocol/json.ts";
import type { PublicJwk } from "../protocol/jwk-set.ts";
import { parsePublicJwk } from "../protocol/jwk-set.ts";
import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import { isOfType, parseCompactJws } from "./compact-jws.ts";
import { algorithmOfJwk, parseSignatureAlgorithm } from "./jwk-algorithm.ts";

/** What a proof says; times are seconds since the Unix epoch. */
export interface DpopProofClaims {
  /** `htm`: compared with case. */
  readonly method: string;

  /** `htu`: where the request goes, without query and fragment. */
  readonly url: string;
  readonly issuedAt: number;

  /** Unique among the proofs of the key. */
  readonly jti: string;

  /** `ath`: SHA-256 of the access token that the proof goes with, in base64url. */
  readonly accessTokenHash?: string | undefined;

  /** What the server asked to have repeated. */
  readonly nonce?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly notBefore?: number | undefined;
}

/** A proof taken apart; nothing in it has been verified. */
export interface DpopProof {
  /** The only one that the key serves. */
  readonly algorithm: SignatureAlgorithm;

  /** The key of the proof, its public members alone. */
  readonly jwk: PublicJwk;
  readonly claims: DpopProofClaims;
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/** Why a proof is refused unread. */
export type DpopProofFailure = ProtocolFailure<
  "dpop_malformed" | "dpop_type" | "dpop_algorithm" | "dpop_key" | "dpop_claims"
>;

const proofType = "dpop+jwt";
// Room for an RSA key of 8192 bits: what is larger costs more to check than it is worth.
const limits = { maxLength: 4096 };
const reference = "RFC 9449 section 4.2";

/** Writes the first segment, once for each key; only the members that make up the key are written. */
export function encodeDpopProofHeader(
  key: { readonly algorithm: SignatureAlgorithm | "EdDSA"; readonly jwk: PublicJwk },
  bytes: Bytes,
): string {
  const { kty, crv, x, y, n, e } = key.jwk;
  const header = { typ: proofType, alg: key.algorithm, jwk: { kty, crv, x, y, n, e } };
  return bytes.encodeBase64url(bytes.encodeUtf8(JSON.stringify(header)));
}

/** Writes the payload. */
export function formatDpopProofClaims(claims: DpopProofClaims): JsonObject {
  const { accessTokenHash, nonce, expiresAt, notBefore } = claims;
  return {
    jti: claims.jti,
    htm: claims.method,
    htu: claims.url,
    iat: claims.issuedAt,
    ...(accessTokenHash !== undefined && { ath: accessTokenHash }),
    ...(nonce !== undefined && { nonce }),
    ...(expiresAt !== undefined && { exp: expiresAt }),
    ...(notBefore !== undefined && { nbf: notBefore }),
  };
}

/** Takes a proof apart; its key is public, and of the one algorithm that the header names. */
export function parseDpopProof(proof: string, bytes: Bytes): Result<DpopProof, DpopProofFailure> {
  const jws = parseCompactJws(proof, bytes, limits);
  if (!jws.ok) {
    return protocolFailure("dpop_malformed", "The DPoP proof is not one compact JWS", reference);
  }
  const { header, payload, signingInput, signature } = jws.value;
  if (!isOfType(header, [proofType])) {
    return protocolFailure("dpop_type", `The typ of the DPoP proof is not ${proofType}`, reference);
  }
  const algorithm = parseSignatureAlgorithm(header.alg);
  if (algorithm === undefined) {
    return protocolFailure("dpop_algorithm", "The alg of the DPoP proof is not known", reference);
  }
  const jwk = parsePublicJwk(ownMember(header.members, "jwk"));
  if (jwk === undefined || algorithmOfJwk({ ...jwk, alg: jwk.alg ?? algorithm }) !== algorithm) {
    return protocolFailure(
      "dpop_key",
      "The DPoP proof does not hold one public key that fits its alg",
      reference,
    );
  }
  const claims = parseDpopProofClaims(payload);
  if (claims === undefined) {
    return protocolFailure(
      "dpop_claims",
      "The DPoP proof lacks htm, htu, iat or jti, or a claim has the wrong type",
      reference,
    );
  }
  return ok({ algorithm, jwk, claims, signingInput, signature });
}

/** A claim of the wrong type refuses the whole: it is never taken as absent. */
function parseDpopProofClaims(payload: JsonObject): DpopProofClaims | undefined {
  const method = ownText(payload, "htm");
  const url = ownText(payload, "htu");
  const jti = ownText(payload, "jti");
  const issuedAt = ownMember(payload, "iat");
  const [expiresAt, notBefore] = ["exp", "nbf"].map((name) => ownMember(payload, name));
  const [accessTokenHash, nonce] = ["ath", "nonce"].map((name) => ownMember(payload, name));
  if (
    method === undefined ||
    url === undefined ||
    jti === undefined ||
    typeof issuedAt !== "number" ||
    !isOptional(expiresAt, "number") ||
    !isOptional(notBefore, "number") ||
    !isOptional(accessTokenHash, "string") ||
    !isOptional(nonce, "string")
  ) {
    return undefined;
  }
  return { method, url, issuedAt, jti, accessTokenHash, nonce, expiresAt, notBefore };
}

interface Types {
  readonly number: number;
  readonly string: string;
}

function isOptional<Name extends keyof Types>(
  value: unknown,
  type: Name,
): value is Types[Name] | undefined {
  return value === undefined || typeof value === type;
}
