/**
 * From a bearer token to an outcome: parse, find the key, check the signature, check the claims.
 *
 * A token that was verified before goes the same way without the parsing and the signature check: its key, the time and
 * what has been revoked are looked at each time.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 | RFC 9068 section 4}
 * @module
 */

import type { AccessTokenPolicy, PreparedVerification } from "../jwt/verify-access-token.ts";
import {
  checkLifetime,
  concludeVerification,
  prepareVerification,
  verificationFailure,
} from "../jwt/verify-access-token.ts";
import type { RememberedHeaders } from "../jwt/remembered-headers.ts";
import type { KeyQuery } from "../key-set/key-set-key.ts";
import type { SettledKeyLookup } from "../key-set/key-set-machine.ts";
import type { Bytes, Clock, MaybePromise, SignatureEngine, VerificationKey } from "../ports.ts";
import type { RevocableToken } from "../revocation/revocation-set.ts";
import type { CheckExtensions, ReadClaims } from "./extensions.ts";
import { readExtensions } from "./extensions.ts";
import { freezeOutcome } from "./freeze-outcome.ts";
import type { OkOutcome, Outcome } from "./outcome.ts";
import { rejected, unavailable } from "./outcome.ts";
import { toPrincipal } from "./principal.ts";
import type { SharedChecks } from "./shared-checks.ts";
import type { VerifiedToken, VerifiedTokens } from "./verified-tokens.ts";

/** What verification needs. */
export interface BearerTokenContext {
  readonly policy: AccessTokenPolicy;

  /** Finds a key of the issuer; at once where it can. Equal keys must be the same object. */
  readonly lookUpKey: (query: KeyQuery) => MaybePromise<SettledKeyLookup>;
  readonly bytes: Bytes;
  readonly clock: Pick<Clock, "now">;
  readonly signatureEngine: Pick<SignatureEngine, "verify">;

  /** Tells whether a good token has been revoked; absent: tokens are good until they expire. */
  readonly checkRevocation?: CheckRevocation | undefined;

  /** Reads the extensions of a good token; absent: they are given out as they are. */
  readonly checkExtensions?: CheckExtensions | undefined;

  /** Keeps good tokens for when they come again; absent: each is verified anew. */
  readonly verifiedTokens?: VerifiedTokens | undefined;

  /** Absent: as many checks of one new token as requests that come with it. */
  readonly sharedChecks?: SharedChecks | undefined;

  /** Absent: each header is parsed. */
  readonly rememberedHeaders?: RememberedHeaders | undefined;
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
  const known = findVerified(token, context);
  if (known === undefined) return verifyAnew(token, context);
  const lookup = context.lookUpKey(known);
  return lookup instanceof Promise
    ? lookup.then((settled) => verifyAgain(known, settled, context))
    : verifyAgain(known, lookup, context);
}

/** What was found under one policy says nothing under another. */
function findVerified(token: string, context: BearerTokenContext): VerifiedToken | undefined {
  const known = context.verifiedTokens?.find(token);
  return known?.policy === context.policy ? known : undefined;
}

function verifyAgain(
  known: VerifiedToken,
  lookup: SettledKeyLookup,
  context: BearerTokenContext,
): MaybePromise<Outcome> {
  if (lookup.kind !== "found" || lookup.key !== known.key) {
    if (lookup.kind !== "unavailable") context.verifiedTokens?.remove(known);
    const prepared = prepare(known.token, context);
    return prepared.ok
      ? verifyWithKey(prepared.value, lookup, context)
      : rejected("invalid_token", prepared.failure);
  }
  const { claims } = known.outcome.principal;
  const timing = checkLifetime(claims, context.policy, context.clock.now());
  if (timing !== undefined) {
    if (timing === "expired") context.verifiedTokens?.remove(known);
    return rejected("invalid_token", verificationFailure(timing).failure);
  }
  const { checkRevocation } = context;
  if (checkRevocation === undefined) return known.outcome;
  const verdict = checkRevocation(known.revocable);
  return verdict instanceof Promise
    ? verdict.then((settled) => judgeAgain(known, settled, context))
    : judgeAgain(known, verdict, context);
}

function verifyAnew(token: string, context: BearerTokenContext): MaybePromise<Outcome> {
  const prepared = prepare(token, context);
  if (!prepared.ok) return rejected("invalid_token", prepared.failure);
  const lookup = context.lookUpKey(prepared.value);
  if (!(lookup instanceof Promise)) return verifyWithKey(prepared.value, lookup, context);
  return lookup.then((settled) => {
    // Another request may have brought the same token and waited for the same keys.
    const known = findVerified(token, context);
    return known === undefined
      ? verifyWithKey(prepared.value, settled, context)
      : verifyAgain(known, settled, context);
  });
}

function prepare(
  token: string,
  { policy, bytes, rememberedHeaders }: BearerTokenContext,
): ReturnType<typeof prepareVerification> {
  return prepareVerification(token, { policy, bytes, findHeader: rememberedHeaders?.find });
}

function verifyWithKey(
  prepared: PreparedVerification,
  lookup: SettledKeyLookup,
  context: BearerTokenContext,
): MaybePromise<Outcome> {
  if (lookup.kind === "unavailable") {
    return unavailable(lookup.retryAfterSeconds, {
      code: "keys_unavailable",
      message: "The issuer's keys cannot be had",
      reference: "RFC 9068 section 4",
    });
  }
  if (lookup.kind === "not_found") {
    return rejected("invalid_token", verificationFailure("key_not_found").failure);
  }
  const { key } = lookup;
  // The key's own algorithm decides; what the header names is only compared with it.
  if (key.algorithm !== prepared.algorithm) {
    return rejected("invalid_token", verificationFailure("algorithm").failure);
  }
  const { token, signingInput, signature } = prepared;
  const { signatureEngine, sharedChecks } = context;
  const check = (): MaybePromise<boolean> => signatureEngine.verify(key, signingInput, signature);
  const isGood = sharedChecks === undefined ? check() : sharedChecks.run(token, key, check);
  return isGood instanceof Promise
    ? isGood.then((verdict) => conclude(prepared, { key, isGood: verdict }, context))
    : conclude(prepared, { key, isGood }, context);
}

function conclude(
  prepared: PreparedVerification,
  check: { readonly key: VerificationKey; readonly isGood: boolean },
  context: BearerTokenContext,
): MaybePromise<Outcome> {
  const { policy, clock, checkExtensions, rememberedHeaders } = context;
  const { key, isGood } = check;
  const result = concludeVerification(prepared, { isGood, policy, now: clock.now() });
  if (!result.ok) return rejected("invalid_token", result.failure);
  // Nobody has proven possession of anything here, so a token that asks for a proof is no bearer token (RFC 9449
  // section 7.2, RFC 8705 section 3).
  if (result.value.confirmation !== undefined) {
    return rejected("invalid_token", verificationFailure("confirmation").failure);
  }
  rememberedHeaders?.add(prepared.encodedHeader, prepared.header);
  const accept = (read: ReadClaims): MaybePromise<Outcome> =>
    judgeNew(toVerifiedToken(read, prepared, { policy, key }), read, context);
  if (checkExtensions === undefined) {
    return accept({ kind: "read", claims: result.value, isShareable: true, addedBytes: 0 });
  }
  return readExtensions(result.value, { check: checkExtensions, accept });
}

function judgeNew(
  verified: VerifiedToken,
  { isShareable }: ReadClaims,
  { checkRevocation, verifiedTokens }: BearerTokenContext,
): MaybePromise<Outcome> {
  const keptBy = isShareable ? verifiedTokens : undefined;
  if (checkRevocation === undefined) return judge(verified, { kind: "not_revoked" }, keptBy);
  const verdict = checkRevocation(verified.revocable);
  return verdict instanceof Promise
    ? verdict.then((settled) => judge(verified, settled, keptBy))
    : judge(verified, verdict, keptBy);
}

function toVerifiedToken(
  { claims, isShareable, addedBytes }: ReadClaims,
  { token, kid, algorithm }: PreparedVerification,
  { policy, key }: Pick<VerifiedToken, "policy" | "key">,
): VerifiedToken {
  const outcome: OkOutcome = { kind: "ok", principal: toPrincipal(claims) };
  const { jti, clientId, issuedAt } = claims;
  // A byte for each character of the token, and at most 1.5 in the texts of its claims. What is not shared is not kept.
  const textBytes = token.length * 2.5 + addedBytes;
  const bytes = isShareable ? entryBytes + textBytes + freezeOutcome(outcome) : 0;
  const revocable = { jti, clientId, issuedAt, kid };
  return { token, policy, kid, algorithm, key, revocable, outcome, bytes };
}

/** What an entry takes beside its token and its outcome: the object itself, its place in a map, the tail of the token. */
const entryBytes = 320;

function judge(
  verified: VerifiedToken,
  verdict: RevocationVerdict,
  keptBy: VerifiedTokens | undefined,
): Outcome {
  const outcome = outcomeOf(verified, verdict);
  if (outcome.kind === "ok") keptBy?.add(verified);
  return outcome;
}

function judgeAgain(
  known: VerifiedToken,
  verdict: RevocationVerdict,
  { verifiedTokens }: BearerTokenContext,
): Outcome {
  const outcome = outcomeOf(known, verdict);
  if (outcome.kind === "rejected") verifiedTokens?.remove(known);
  return outcome;
}

function outcomeOf({ outcome }: VerifiedToken, verdict: RevocationVerdict): Outcome {
  switch (verdict.kind) {
    case "not_revoked":
      return outcome;
    case "revoked":
      return rejected("invalid_token", verificationFailure("revoked").failure);
    case "unavailable":
      return unavailable(verdict.retryAfterSeconds, {
        code: "revocations_unavailable",
        message: "What has been revoked cannot be had",
        reference: "RFC 7009 section 2.1",
      });
  }
}
