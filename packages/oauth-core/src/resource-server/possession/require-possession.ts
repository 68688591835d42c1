/**
 * Whether whoever sent a token has the keys that it is bound to: judged for each request, once its token is good.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7800#section-3 | RFC 7800 section 3}
 * @module
 */

import type { HeaderList } from "../../http.ts";
import { verificationFailure } from "../../jwt/verify-access-token.ts";
import type { Bytes, Digest, MaybePromise } from "../../ports.ts";
import type { Credentials, ResourceRequest } from "../credentials.ts";
import type { OkOutcome, Outcome, RejectedOutcome } from "../outcome.ts";
import { rejected } from "../outcome.ts";
import { parseConfirmation } from "./confirmation.ts";
import type { DpopResource } from "./dpop-resource.ts";
import { proveCertificate } from "./prove-certificate.ts";

/** What the judgement needs. */
export interface PossessionContext {
  /** Refuses tokens that are bound to nothing. */
  readonly requireBoundTokens: boolean;
  readonly bytes: Bytes;
  readonly digest: Pick<Digest, "sha256">;

  /** Absent: the scheme DPoP is not accepted, nor are tokens that are bound to a key of it. */
  readonly dpop?: Pick<DpopResource, "prove"> | undefined;
}

/** A request with what it showed; absent where a token came in some other way, and nothing can be proven. */
export interface Presented {
  readonly request: ResourceRequest;
  readonly credentials: Credentials;
}

/**
 * Turns the good outcome of a token into a refusal, unless the request proves possession of all that the token is
 * bound to; a token that is bound to nothing may pass as a bearer token.
 */
export function requirePossession(
  outcome: Outcome,
  presented: Presented | undefined,
  context: PossessionContext,
): MaybePromise<Outcome> {
  if (outcome.kind !== "ok") return outcome;
  const { confirmation: cnf } = outcome.principal.claims;
  if (cnf === undefined) {
    const isBearer = presented?.credentials.scheme !== "dpop";
    return isBearer && !context.requireBoundTokens ? outcome : unbound;
  }
  const confirmation = parseConfirmation(cnf);
  if (confirmation === undefined || presented === undefined) return unproven;
  const { jkt, x5tS256 } = confirmation;
  const { request, credentials } = presented;
  const { dpop } = context;
  if (jkt === undefined && credentials.scheme === "dpop") return unbound;
  const prove = (refused: RejectedOutcome | undefined): MaybePromise<Outcome> => {
    if (refused !== undefined || jkt === undefined) return refused ?? outcome;
    // A token that needs a proof and came as a bearer token has none (RFC 9449 section 7.2).
    if (credentials.scheme !== "dpop" || dpop === undefined) return unproven;
    return dpop
      .prove({ request, credentials, jkt })
      .then((proof) => (proof.kind === "proven" ? withNonce(outcome, proof.nonce) : proof));
  };
  if (x5tS256 === undefined) return prove(undefined);
  // Before the proof, which is used up.
  const refusal = proveCertificate(request.clientCertificate?.(), x5tS256, context);
  return refusal instanceof Promise ? refusal.then(prove) : prove(refusal);
}

/** An answer that names a nonce must not be cached (RFC 9449 section 8.2). */
function withNonce(outcome: OkOutcome, nonce: string | undefined): OkOutcome {
  if (nonce === undefined) return outcome;
  const responseHeaders: HeaderList = [
    ["DPoP-Nonce", nonce],
    ["Cache-Control", "no-store"],
  ];
  return { ...outcome, responseHeaders };
}

const unproven = rejected("invalid_token", verificationFailure("confirmation").failure);

const unbound = rejected("invalid_token", {
  code: "token_unbound",
  message: "The token is bound to no key that was to be proven",
  reference: "RFC 9449 section 7.1",
});
