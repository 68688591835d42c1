/**
 * From an access token to an outcome: parse, find the issuer and its key, check the signature, check the claims.
 *
 * A token that was verified before goes the same way without the parsing and the signature check: its key, the time and
 * what has been revoked are looked at each time.
 *
 * Who sent the token is not looked at: a good outcome lets nobody in before `possession/`, for each request anew, has
 * seen to it that whoever sent the token has the key that it may be bound to.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 | RFC 9068 section 4}
 * @module
 */

import type { JwsLimits } from "../jwt/compact-jws.ts";
import { defaultJwsLimits, parseJwsTexts } from "../jwt/compact-jws.ts";
import type { RememberedHeaders } from "../jwt/remembered-headers.ts";
import type { RememberedScopes } from "../jwt/remembered-scopes.ts";
import type { PreparedVerification, VerificationFailure } from "../jwt/verify-access-token.ts";
import {
  checkLifetime,
  concludeVerification,
  prepareParsed,
  verificationFailure,
} from "../jwt/verify-access-token.ts";
import type { SettledKeyLookup } from "../key-set/key-set-machine.ts";
import type { Bytes, Clock, MaybePromise } from "../ports.ts";
import type { SignatureEngine, VerificationKey } from "../signature-engine.ts";
import { ownText } from "../protocol/json.ts";
import type { Result } from "../result.ts";
import { ok } from "../result.ts";
import type { FoundGood } from "./accept-token.ts";
import { acceptAgain, acceptNew } from "./accept-token.ts";
import type { CheckExtensions, ReadClaims } from "./extensions.ts";
import { readExtensions } from "./extensions.ts";
import type { Outcome } from "./outcome.ts";
import { rejected, unavailable } from "./outcome.ts";
import type { SharedChecks } from "./shared-checks.ts";
import { checkSignature, engineFailed } from "./signature-check.ts";
import type { FindIssuer, TrustedIssuer } from "./trusted-issuer.ts";
import type { VerifiedToken, VerifiedTokens } from "./verified-tokens.ts";
import { sightOf } from "./watching/token-sight.ts";

/** What verification needs. */
export interface TokenContext {
  readonly findIssuer: FindIssuer;
  readonly bytes: Bytes;
  readonly clock: Pick<Clock, "now">;
  readonly signatureEngine: Pick<SignatureEngine, "verify">;

  /** What bounds a token before its issuer is known. @defaultValue 16 KiB */
  readonly limits?: JwsLimits | undefined;

  /** Reads the extensions of a good token; absent: they are given out as they are. */
  readonly checkExtensions?: CheckExtensions | undefined;

  /** Keeps good tokens for when they come again; absent: each is verified anew. */
  readonly verifiedTokens?: VerifiedTokens | undefined;

  /** Absent: as many checks of one new token as requests that come with it. */
  readonly sharedChecks?: SharedChecks | undefined;

  /** Absent: each header is parsed. */
  readonly rememberedHeaders?: RememberedHeaders | undefined;

  /** Absent: each scope is parsed. */
  readonly rememberedScopes?: RememberedScopes | undefined;

  /** Whether an engine that answers at once may take its time where that serves many. @defaultValue false */
  readonly mayWait?: boolean | undefined;
}

/** A token that is well formed, and whose rules it goes by. */
interface Candidate {
  readonly issuer: TrustedIssuer;
  readonly prepared: PreparedVerification<string>;
}

/** Verifies a token, whoever sent it; at once when the key is at hand and the engine is synchronous. */
export function verifyToken(token: string, context: TokenContext): MaybePromise<Outcome> {
  const known = findVerified(token, context);
  if (known === undefined) return verifyAnew(token, context);
  const lookup = known.issuer.lookUpKey(known);
  return lookup instanceof Promise
    ? lookup.then((settled) => verifyAgain(known, settled, context))
    : verifyAgain(known, lookup, context);
}

/** What was found under the rules of one issuer says nothing under others, nor when that issuer is no longer trusted. */
function findVerified(
  token: string,
  { verifiedTokens, findIssuer }: TokenContext,
): VerifiedToken | undefined {
  const known = verifiedTokens?.find(token);
  if (known === undefined) return undefined;
  return findIssuer(known.claims.issuer) === known.issuer ? known : undefined;
}

function verifyAgain(
  known: VerifiedToken,
  lookup: SettledKeyLookup,
  context: TokenContext,
): MaybePromise<Outcome> {
  if (lookup.kind !== "found" || lookup.key !== known.key) {
    if (lookup.kind !== "unavailable") context.verifiedTokens?.remove(known);
    const candidate = prepare(known.token, context);
    return candidate.ok
      ? verifyWithKey(candidate.value, lookup, context)
      : rejected("invalid_token", candidate.failure);
  }
  const { policy, observe } = known.issuer;
  const { claims } = known;
  const now = context.clock.now();
  const timing = checkLifetime(claims, policy, now);
  if (timing !== undefined) {
    if (timing === "expired") context.verifiedTokens?.remove(known);
    observe?.({ claims, algorithm: known.algorithm, now, refusedFor: timing });
    return rejected("invalid_token", verificationFailure(timing).failure);
  }
  return acceptAgain(known, context.verifiedTokens);
}

function verifyAnew(token: string, context: TokenContext): MaybePromise<Outcome> {
  const candidate = prepare(token, context);
  if (!candidate.ok) return rejected("invalid_token", candidate.failure);
  const { issuer, prepared } = candidate.value;
  const lookup = issuer.lookUpKey(prepared);
  if (!(lookup instanceof Promise)) return verifyWithKey(candidate.value, lookup, context);
  return lookup.then((settled) => {
    // Another request may have brought the same token and waited for the same keys.
    const known = findVerified(token, context);
    return known === undefined
      ? verifyWithKey(candidate.value, settled, context)
      : verifyAgain(known, settled, context);
  });
}

/** Takes a token apart, once, and finds out by whose rules it goes; nothing in it has been verified. */
function prepare(
  token: string,
  { findIssuer, bytes, limits = defaultJwsLimits, rememberedHeaders }: TokenContext,
): Result<Candidate, VerificationFailure> {
  const { maxLength, acceptPadding } = limits;
  const findHeader = rememberedHeaders?.find;
  const jws = parseJwsTexts(token, bytes, { maxLength, acceptPadding, findHeader });
  if (!jws.ok) return verificationFailure("malformed");
  const issuer = findIssuer(ownText(jws.value.payload, "iss"));
  if (issuer === undefined) return verificationFailure("issuer");
  const prepared = prepareParsed(token, jws.value, issuer.policy);
  return prepared.ok ? ok({ issuer, prepared: prepared.value }) : prepared;
}

function verifyWithKey(
  candidate: Candidate,
  lookup: SettledKeyLookup,
  context: TokenContext,
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
  const { prepared } = candidate;
  // The key's own algorithm decides; what the header names is only compared with it.
  if (key.algorithm !== prepared.algorithm) {
    return rejected("invalid_token", verificationFailure("algorithm").failure);
  }
  const { sharedChecks } = context;
  const check = (): MaybePromise<boolean> => checkSignature(prepared, key, context);
  let isGood: MaybePromise<boolean>;
  try {
    isGood = sharedChecks === undefined ? check() : sharedChecks.run(prepared.token, key, check);
  } catch (cause) {
    return engineFailed(cause);
  }
  return isGood instanceof Promise
    ? isGood.then(
        (verdict) => conclude(candidate, { key, isGood: verdict }, context),
        (cause: unknown) => engineFailed(cause),
      )
    : conclude(candidate, { key, isGood }, context);
}

function conclude(
  { issuer, prepared }: Candidate,
  check: { readonly key: VerificationKey; readonly isGood: boolean },
  context: TokenContext,
): MaybePromise<Outcome> {
  const { clock, checkExtensions, rememberedHeaders, rememberedScopes } = context;
  const { policy, observe } = issuer;
  const { key, isGood } = check;
  const now = clock.now();
  const result = concludeVerification(prepared, {
    isGood,
    policy,
    now,
    findScope: rememberedScopes?.find,
  });
  if (!result.ok) {
    if (isGood) observe?.(sightOf(prepared, { now, refusedFor: result.failure.code }));
    return rejected("invalid_token", result.failure);
  }
  rememberedHeaders?.add(prepared.encodedHeader, prepared.header);
  const scopeText = ownText(prepared.unverifiedPayload, "scope");
  if (scopeText !== undefined) rememberedScopes?.add(scopeText, result.value.scope);
  const found: FoundGood = { prepared, issuer, key, now };
  if (checkExtensions === undefined) {
    const read: ReadClaims = {
      kind: "read",
      claims: result.value,
      isShareable: true,
      addedBytes: 0,
    };
    return acceptNew(read, found, context.verifiedTokens);
  }
  const accept = (read: ReadClaims): MaybePromise<Outcome> =>
    acceptNew(read, found, context.verifiedTokens);
  return readExtensions(result.value, { check: checkExtensions, accept });
}
