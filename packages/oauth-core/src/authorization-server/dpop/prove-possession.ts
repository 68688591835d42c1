/**
 * Proof of possession at the token endpoint: from the DPoP field of a request to the key that its token is bound to.
 *
 * Nothing is remembered before all other checks have passed: see `commit-proof.ts`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-5 | RFC 9449 section 5}
 * @module
 */

import { checkNonce } from "../../dpop/check-nonce.ts";
import type { DpopPolicy } from "../../dpop/dpop-policy.ts";
import type { HeaderList } from "../../http.ts";
import { headerValues } from "../../http.ts";
import type { VerifiedDpopProof } from "../../jwt/verify-dpop-proof.ts";
import { verifyDpopProof } from "../../jwt/verify-dpop-proof.ts";
import { parseAbsoluteUrl } from "../../protocol/secure-url.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import type { Refusal, RefusalReason } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";

/** A key whose possession has been proven, by a proof that may not be new. */
export interface ProvenPossession {
  readonly proof: VerifiedDpopProof;

  /** For how long after its `iat` it would pass. */
  readonly windowSeconds: number;

  /** The next nonce, when the client's is about to end. */
  readonly headers: HeaderList;
}

/** Returns the key that a request proves; `undefined` when it asks for a bearer token and may have one. */
export async function provePossession(
  headers: HeaderList,
  client: ClientRecord,
  context: ServerContext,
): Promise<Result<ProvenPossession | undefined, Refusal>> {
  const { policy, ports, dpopNonces } = context;
  const [text, ...others] = headerValues(headers, "dpop");
  // A server without DPoP ignores the field; the client sees from token_type that its token is not bound.
  const isOn = policy.dpop !== undefined && dpopNonces !== undefined;
  if (text === undefined || !isOn) {
    if (!client.dpopBoundAccessTokens) return ok(undefined);
    return refuse(
      isOn ? "dpop_missing" : "dpop_disabled",
      isOn ? "The client needs a DPoP proof" : "This server binds no tokens to keys",
    );
  }
  if (others.length > 0) return refuse("dpop_repeated", "There is more than one DPoP field");

  const proof = await verifyDpopProof(text, expectation(context, policy.dpop), ports);
  if (!proof.ok) return refuse(proof.failure.code, proof.failure.message);
  const nonce = await checkNonce(proof.value.claims.nonce, {
    nonces: dpopNonces,
    isRequired: client.dpopNonceRequired === true,
  });
  const nonceHeaders: HeaderList = nonce.next === undefined ? [] : [["DPoP-Nonce", nonce.next]];
  if (nonce.kind !== "good") {
    return failed({
      status: 400,
      error: "use_dpop_nonce",
      description: "The DPoP proof must repeat the nonce of the DPoP-Nonce field",
      why: nonce.kind === "missing" ? "dpop_nonce_missing" : "dpop_nonce_unknown",
      headers: nonceHeaders,
    });
  }
  const windowSeconds = policy.dpop.proofWindowSeconds;
  return ok({ proof: proof.value, windowSeconds, headers: nonceHeaders });
}

/** The URL is the configured one: Host and X-Forwarded-Host are whatever the sender likes. */
function expectation(
  { policy }: ServerContext,
  dpop: DpopPolicy,
): Parameters<typeof verifyDpopProof>[1] {
  const { issuer, paths, mutualTls } = policy;
  return {
    method: "POST",
    url: (parseAbsoluteUrl(issuer)?.origin ?? issuer) + paths.token,
    aliasUrl: mutualTls?.endpointOrigin && mutualTls.endpointOrigin + paths.token,
    algorithms: dpop.algorithms,
    windowSeconds: dpop.proofWindowSeconds,
  };
}

function refuse(
  why: RefusalReason,
  description: string,
): { readonly ok: false; readonly failure: Refusal } {
  return failed({ status: 400, error: "invalid_dpop_proof", description, why });
}
