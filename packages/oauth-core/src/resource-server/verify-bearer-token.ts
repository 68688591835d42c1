/**
 * From a bearer token to an outcome: parse, find the key, check the signature, check the claims.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 | RFC 9068 section 4}
 * @module
 */

import type { AccessTokenPolicy, PreparedVerification } from "../jwt/verify-access-token.ts";
import {
  concludeVerification,
  prepareVerification,
  verificationFailure,
} from "../jwt/verify-access-token.ts";
import type { AccessTokenClaims } from "../jwt/access-token-claims.ts";
import type { KeyQuery } from "../key-set/key-set-key.ts";
import type { SettledKeyLookup } from "../key-set/key-set-machine.ts";
import type { Bytes, Clock, MaybePromise, SignatureEngine } from "../ports.ts";
import type { RevocableToken } from "../revocation/revocation-set.ts";
import type { Outcome } from "./outcome.ts";
import { rejected } from "./outcome.ts";
import { toPrincipal } from "./principal.ts";

/** What verification needs. */
export interface BearerTokenContext {
  readonly policy: AccessTokenPolicy;

  /** Finds a key of the issuer; at once where it can. */
  readonly lookUpKey: (query: KeyQuery) => MaybePromise<SettledKeyLookup>;
  readonly bytes: Bytes;
  readonly clock: Pick<Clock, "now">;
  readonly signatureEngine: Pick<SignatureEngine, "verify">;

  /** Tells whether a good token has been revoked; absent: tokens are good until they expire. */
  readonly checkRevocation?: CheckRevocation | undefined;
}

/** Answers at once where what is known is young enough. */
export type CheckRevocation = (token: RevocableToken) => MaybePromise<RevocationVerdict>;

/** What is known of a token's revocation; `unavailable`: too little to let anybody in. */
export type RevocationVerdict =
  | { readonly kind: "not_revoked" }
  | { readonly kind: "revoked" }
  | { readonly kind: "unavailable"; readonly retryAfterSeconds: number };

/** Verifies a token; at once when the key is at hand and the engine is synchronous. */
export function verifyBearerToken(
  token: string,
  context: BearerTokenContext,
): MaybePromise<Outcome> {
  const prepared = prepareVerification(token, context);
  if (!prepared.ok) return rejected("invalid_token", prepared.failure);
  const lookup = context.lookUpKey(prepared.value);
  return lookup instanceof Promise
    ? lookup.then((settled) => verifyWithKey(prepared.value, settled, context))
    : verifyWithKey(prepared.value, lookup, context);
}

function verifyWithKey(
  prepared: PreparedVerification,
  lookup: SettledKeyLookup,
  context: BearerTokenContext,
): MaybePromise<Outcome> {
  if (lookup.kind === "unavailable") {
    return {
      kind: "unavailable",
      retryAfterSeconds: lookup.retryAfterSeconds,
      detail: {
        code: "keys_unavailable",
        message: "The issuer's keys cannot be had",
        reference: "RFC 9068 section 4",
      },
    };
  }
  if (lookup.kind === "not_found") {
    return rejected("invalid_token", verificationFailure("key_not_found").failure);
  }
  // The key's own algorithm decides; what the header names is only compared with it.
  if (lookup.key.algorithm !== prepared.algorithm) {
    return rejected("invalid_token", verificationFailure("algorithm").failure);
  }
  const { signingInput, signature } = prepared;
  const isGood = context.signatureEngine.verify(lookup.key, signingInput, signature);
  return isGood instanceof Promise
    ? isGood.then((verdict) => conclude(prepared, verdict, context))
    : conclude(prepared, isGood, context);
}

function conclude(
  prepared: PreparedVerification,
  isGood: boolean,
  { policy, clock, checkRevocation }: BearerTokenContext,
): MaybePromise<Outcome> {
  const result = concludeVerification(prepared, { isGood, policy, now: clock.now() });
  if (!result.ok) return rejected("invalid_token", result.failure);
  // Nobody has proven possession of anything here, so a token that asks for a proof is no bearer token (RFC 9449
  // section 7.2, RFC 8705 section 3).
  if (result.value.confirmation !== undefined) {
    return rejected("invalid_token", verificationFailure("confirmation").failure);
  }
  const claims = result.value;
  if (checkRevocation === undefined) return { kind: "ok", principal: toPrincipal(claims) };
  const { jti, clientId, issuedAt } = claims;
  const verdict = checkRevocation({ jti, clientId, issuedAt, kid: prepared.kid });
  return verdict instanceof Promise
    ? verdict.then((settled) => judge(claims, settled))
    : judge(claims, verdict);
}

function judge(claims: AccessTokenClaims, verdict: RevocationVerdict): Outcome {
  switch (verdict.kind) {
    case "not_revoked":
      return { kind: "ok", principal: toPrincipal(claims) };
    case "revoked":
      return rejected("invalid_token", verificationFailure("revoked").failure);
    case "unavailable":
      return {
        kind: "unavailable",
        retryAfterSeconds: verdict.retryAfterSeconds,
        detail: {
          code: "revocations_unavailable",
          message: "What has been revoked cannot be had",
          reference: "RFC 7009 section 2.1",
        },
      };
  }
}
