/**
 * Whether whoever sent a token has the keys that it is bound to: judged for each request, once its token is good.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7800#section-3 | RFC 7800 section 3}
 * @module
 */

import { verificationFailure } from "../../jwt/verify-access-token.ts";
import type { Bytes, Digest, MaybePromise } from "../../ports.ts";
import type { Credentials, ResourceRequest } from "../credentials.ts";
import type { Outcome } from "../outcome.ts";
import { rejected } from "../outcome.ts";
import { parseConfirmation } from "./confirmation.ts";
import { proveCertificate } from "./prove-certificate.ts";

/** What the judgement needs. */
export interface PossessionContext {
  /** Refuses tokens that are bound to nothing. */
  readonly requireBoundTokens: boolean;
  readonly bytes: Bytes;
  readonly digest: Pick<Digest, "sha256">;
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
  // A bound token that is sent as a bearer token proves nothing (RFC 9449 section 7.2).
  if (jkt !== undefined && credentials.scheme !== "dpop") return unproven;
  if (jkt === undefined && credentials.scheme === "dpop") return unbound;
  const refusal = x5tS256 && proveCertificate(request.clientCertificate?.(), x5tS256, context);
  return refusal instanceof Promise
    ? refusal.then((settled) => settled ?? outcome)
    : refusal || outcome;
}

const unproven = rejected("invalid_token", verificationFailure("confirmation").failure);

const unbound = rejected("invalid_token", {
  code: "token_unbound",
  message: "The token is bound to no key that was to be proven",
  reference: "RFC 9449 section 7.1",
});
