/**
 * The verification of a DPoP proof against the request that it came with.
 *
 * What needs memory is left to the caller: whether the `jti` has been seen, and whether the nonce is one of ours.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 | RFC 9449 section 4.3}
 * @module
 */

import type { Bytes, Clock, Digest } from "../ports.ts";
import type { SignatureAlgorithm, SignatureEngine } from "../signature-engine.ts";
import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import type { DpopProof, DpopProofClaims, DpopProofFailure } from "./dpop-proof.ts";
import { parseDpopProof } from "./dpop-proof.ts";
import { jwkThumbprint } from "./jwk-thumbprint.ts";
import { normalizeTargetUrl } from "./target-url.ts";

/** The request that a proof must be for. */
export interface DpopExpectation {
  readonly method: string;

  /** As clients are told it, by metadata or configuration; never put together from what a request says. */
  readonly url: string;

  /** The same endpoint at another origin (RFC 8705 section 5), told in the same way. */
  readonly aliasUrl?: string | undefined;
  readonly algorithms: readonly SignatureAlgorithm[];

  /** How far `iat` may be from now, in the past and in the future. */
  readonly windowSeconds: number;
}

/** A proof that is good, and not yet known to be new. */
export interface VerifiedDpopProof {
  readonly claims: DpopProofClaims;

  /** Names the key: the `jkt` of tokens that are bound to it (RFC 7638). */
  readonly thumbprint: string;
}

/** Why a proof proves nothing. */
export type DpopVerificationFailure =
  | DpopProofFailure
  | ProtocolFailure<"dpop_method" | "dpop_url" | "dpop_time" | "dpop_signature">;

/** The step that refused a proof. */
export type DpopFailureCode = DpopVerificationFailure["code"];

const clockToleranceSeconds = 10;
const reference = "RFC 9449 section 4.3";

/** Does all that comes before cryptography: form, algorithm, method, URL and time. */
export function prepareDpopProof(
  text: string,
  expectation: DpopExpectation,
  { bytes, clock }: { readonly bytes: Bytes; readonly clock: Pick<Clock, "now"> },
): Result<DpopProof, DpopVerificationFailure> {
  const proof = parseDpopProof(text, bytes);
  if (!proof.ok) return proof;
  const { algorithm, claims } = proof.value;
  if (!expectation.algorithms.includes(algorithm)) {
    return protocolFailure(
      "dpop_algorithm",
      "The alg of the DPoP proof is not accepted",
      reference,
    );
  }
  if (claims.method !== expectation.method) {
    return protocolFailure("dpop_method", "The htm is not the method of the request", reference);
  }
  const url = normalizeTargetUrl(claims.url);
  const expected = [expectation.url, expectation.aliasUrl ?? expectation.url];
  if (url === undefined || !expected.some((target) => url === normalizeTargetUrl(target))) {
    return protocolFailure("dpop_url", "The htu is not the URL of this endpoint", reference);
  }
  if (!isTimely(claims, expectation.windowSeconds, clock.now())) {
    return protocolFailure("dpop_time", "The DPoP proof is not of now: check the clock", reference);
  }
  return proof;
}

/** Checks the signature of a proof with the key that it holds. */
export async function checkDpopSignature(
  { algorithm, jwk, signingInput, signature }: DpopProof,
  engine: Pick<SignatureEngine, "importVerificationKey" | "verify">,
): Promise<Result<undefined, DpopVerificationFailure>> {
  const key = await engine.importVerificationKey(jwk, algorithm);
  if (!key.ok) {
    return protocolFailure("dpop_key", "The key of the DPoP proof is malformed or weak", reference);
  }
  const isGood = await engine.verify(key.value, signingInput, signature);
  return isGood
    ? ok(undefined)
    : protocolFailure("dpop_signature", "The signature of the DPoP proof fails", reference);
}

/** Verifies a proof: form, method, URL and time first, cryptography last. */
export async function verifyDpopProof(
  text: string,
  expectation: DpopExpectation,
  ports: {
    readonly bytes: Bytes;
    readonly clock: Pick<Clock, "now">;
    readonly digest: Pick<Digest, "sha256">;
    readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey" | "verify">;
  },
): Promise<Result<VerifiedDpopProof, DpopVerificationFailure>> {
  const proof = prepareDpopProof(text, expectation, ports);
  if (!proof.ok) return proof;
  const checked = await checkDpopSignature(proof.value, ports.signatureEngine);
  if (!checked.ok) return checked;
  const { claims, jwk } = proof.value;
  return ok({ claims, thumbprint: await jwkThumbprint(jwk, ports) });
}

/** Written so that a clock that yields NaN accepts nothing; `exp` and `nbf` count where a client adds them. */
function isTimely(claims: DpopProofClaims, windowSeconds: number, now: number): boolean {
  const { issuedAt, expiresAt, notBefore } = claims;
  return (
    Math.abs(now - issuedAt) <= windowSeconds &&
    (expiresAt === undefined || now < expiresAt + clockToleranceSeconds) &&
    (notBefore === undefined || now >= notBefore - clockToleranceSeconds)
  );
}
