/**
 * Proof of possession of a key: the DPoP proof of this very request, with this very token, good for one use.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 | RFC 9449 sections 4.3 and 7.1}
 * @module
 */

import { checkNonce } from "../../dpop/check-nonce.ts";
import type { DpopNonces } from "../../dpop/dpop-nonces.ts";
import type { ProofQuota } from "../../dpop/proof-quota.ts";
import { useProof } from "../../dpop/use-proof.ts";
import type { HeaderList } from "../../http.ts";
import type { DpopProof } from "../../jwt/dpop-proof.ts";
import { jwkThumbprint, jwkThumbprintInput } from "../../jwt/jwk-thumbprint.ts";
import { checkDpopSignature, prepareDpopProof } from "../../jwt/verify-dpop-proof.ts";
import type { Bytes, Clock, Digest, ReplayStore } from "../../ports.ts";
import type { SignatureEngine } from "../../signature-engine.ts";
import type { ProtocolFailure } from "../../result.ts";
import { StoreUnavailableError } from "../../stores/store-unavailable.ts";
import { rememberedUntil } from "../../stores/use-once.ts";
import type { Credentials, ResourceRequest } from "../credentials.ts";
import type { RejectedOutcome, UnavailableOutcome } from "../outcome.ts";
import { rejected, unavailable } from "../outcome.ts";
import { engineFailed } from "../signature-check.ts";
import type { DpopResourcePolicy } from "./dpop-resource-options.ts";
import { requestTarget } from "./request-target.ts";

/** What the check of a proof needs. */
export interface ProofContext {
  readonly policy: DpopResourcePolicy;
  readonly nonces: DpopNonces;
  readonly quota: ProofQuota;
  readonly bytes: Bytes;
  readonly clock: Pick<Clock, "now">;
  readonly digest: Pick<Digest, "sha256">;
  readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey" | "verify">;

  /** Throws or rejects with a `StoreUnavailableError` alone. */
  readonly replayStore: ReplayStore;
}

/** The key has been proven; its owner may have to be told the next nonce. */
export interface ProvenKey {
  readonly kind: "proven";
  readonly nonce: string | undefined;
}

/** A request with a proof, and the key that its token is bound to. */
export interface ProofRequest {
  readonly request: ResourceRequest;
  readonly credentials: Extract<Credentials, { readonly scheme: "dpop" }>;
  readonly jkt: string;
}

/** Verifies a proof: what costs least comes first, and nothing is remembered before all else is good. */
export async function proveKey(
  { request, credentials, jkt }: ProofRequest,
  context: ProofContext,
): Promise<ProvenKey | RejectedOutcome | UnavailableOutcome> {
  const { policy, bytes, digest, nonces } = context;
  const { method, url } = request;
  const expectation = {
    method,
    url: requestTarget(url, policy.origin),
    algorithms: policy.algorithms,
    windowSeconds: policy.proofWindowSeconds,
  };
  const prepared = prepareDpopProof(credentials.proof, expectation, context);
  if (!prepared.ok) return rejected("invalid_dpop_proof", prepared.failure);
  const proof = prepared.value;
  const tokenHash = bytes.encodeBase64url(await digest.sha256(bytes.encodeUtf8(credentials.token)));
  if (proof.claims.accessTokenHash !== tokenHash) return otherToken;
  // Before cryptography: whoever has the token alone must not cost a signature check of a key of his own.
  if (jwkThumbprintInput(proof.jwk) === undefined) return keyMalformed;
  if ((await jwkThumbprint(proof.jwk, context)) !== jkt) return otherKey;
  let signature: Awaited<ReturnType<typeof checkDpopSignature>>;
  try {
    signature = await checkDpopSignature(proof, context.signatureEngine);
  } catch (cause) {
    return engineFailed(cause);
  }
  if (!signature.ok) return rejected("invalid_dpop_proof", signature.failure);
  const nonce = await checkNonce(proof.claims.nonce, { nonces, isRequired: policy.requireNonce });
  if (nonce.kind !== "good") return askForNonce(nonce);
  return (await commit(proof, jkt, context)) ?? { kind: "proven", nonce: nonce.next };
}

/** Uses the proof up. A replay takes nothing of its key's quota, or a proof that was overheard would lock its key out. */
async function commit(
  { claims }: DpopProof,
  jkt: string,
  context: ProofContext,
): Promise<RejectedOutcome | UnavailableOutcome | undefined> {
  const { quota, policy } = context;
  const { proofWindowSeconds } = policy;
  const forgetAt = rememberedUntil(claims.issuedAt + proofWindowSeconds);
  if (!quota.take(jkt, forgetAt)) return tooMany;
  let isFirst = false;
  try {
    isFirst =
      (await useProof({ claims, thumbprint: jkt }, proofWindowSeconds, context)) === "first";
    return isFirst ? undefined : replayed;
  } catch (cause) {
    if (!(cause instanceof StoreUnavailableError)) throw cause;
    return storeUnavailable;
  } finally {
    if (!isFirst) quota.release(jkt, forgetAt);
  }
}

function askForNonce(nonce: { readonly kind: string; readonly next: string }): RejectedOutcome {
  const detail =
    nonce.kind === "missing"
      ? failure("dpop_nonce_missing", "The DPoP proof has no nonce", "RFC 9449 section 9")
      : failure("dpop_nonce_unknown", "The nonce is none of the last", "RFC 9449 section 9");
  const responseHeaders: HeaderList = [["DPoP-Nonce", nonce.next]];
  return { ...rejected("use_dpop_nonce", detail), responseHeaders };
}

function failure(code: string, message: string, reference: string): ProtocolFailure {
  return { code, message, reference };
}

const otherToken = rejected(
  "invalid_dpop_proof",
  failure("dpop_token", "The ath is not of this access token", "RFC 9449 section 4.3"),
);

const keyMalformed = rejected(
  "invalid_dpop_proof",
  failure("dpop_key", "The key of the DPoP proof is malformed", "RFC 9449 section 4.3"),
);

const otherKey = rejected(
  "invalid_token",
  failure("dpop_other_key", "The token is bound to another key", "RFC 9449 section 7.1"),
);

const replayed = rejected(
  "invalid_dpop_proof",
  failure("dpop_replayed", "The DPoP proof has been used", "RFC 9449 section 11.1"),
);

const tooMany = unavailable(
  1,
  failure("dpop_too_many", "The key has used too many DPoP proofs", "RFC 9449 section 11.1"),
);

const storeUnavailable = unavailable(
  1,
  failure(
    "replay_store_unavailable",
    "Nobody can tell whether the DPoP proof has been used",
    "RFC 9449 section 11.1",
  ),
);
