/**
 * From an access token to an outcome by what its issuer says of it.
 *
 * Who sent the token is not looked at: a good outcome of a token that is bound to a key still needs the proof.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-4 | RFC 7662 section 4}
 * @module
 */

import { defaultJwsLimits, isOfType, parseCompactJws } from "../../jwt/compact-jws.ts";
import { introspectionJwtType } from "../../jwt/introspection-jwt.ts";
import type { AccessTokenPolicy } from "../../jwt/verify-access-token.ts";
import { verificationFailure } from "../../jwt/verify-access-token.ts";
import type { Bytes, Clock, MaybePromise } from "../../ports.ts";
import type { IntrospectionResponse } from "../../protocol/introspection-response.ts";
import type { Result } from "../../result.ts";
import { failed } from "../../result.ts";
import type { OkOutcome, Outcome } from "../outcome.ts";
import { rejected } from "../outcome.ts";
import type { Principal } from "../principal.ts";
import type { CheckRevocation } from "../trusted-issuer.ts";
import { afterRevocationCheck } from "../verify-token.ts";
import { introspectionUnavailable } from "./introspection-outage.ts";
import type { Introspected, Introspector } from "./introspector.ts";
import type { ComparisonFailure, JudgementContext } from "./judge-introspection.ts";
import { compareIntrospection, judgeIntrospection } from "./judge-introspection.ts";
import type { KeptIntrospections } from "./kept-introspections.ts";

/** What introspection needs. */
export interface IntrospectionContext {
  readonly policy: AccessTokenPolicy;
  readonly introspector: Pick<Introspector, "introspect">;
  readonly kept: KeptIntrospections;
  readonly clock: Clock;
}

/** What is needed of a token that is not verified here. */
export interface OpaqueTokenContext extends IntrospectionContext {
  readonly bytes: Bytes;

  /** Tells whether a good token has been revoked; asked at each request, also about tokens that are kept. */
  readonly checkRevocation?: CheckRevocation | undefined;
}

/** A token that an issuer may be asked about (RFC 6750 section 2.1). */
const presentable = /^[A-Za-z0-9._~+/-]+=*$/;

/** The signer of what is no JWT: none whose key could be revoked. */
const noKey = "";

/**
 * Asks the issuer about a token of which nothing is known here; at once where an answer is kept.
 *
 * It need not be a JWT. A signed answer to such a question is refused unasked: whoever got one must not use it as a token
 * (RFC 9701 section 8.1).
 */
export function introspectToken(token: string, context: OpaqueTokenContext): MaybePromise<Outcome> {
  const { policy, bytes, checkRevocation } = context;
  const { maxLength } = policy.limits ?? defaultJwsLimits;
  if (token.length > maxLength || !presentable.test(token)) {
    return rejected("invalid_token", verificationFailure("malformed").failure);
  }
  const known = findKept(token, context);
  const isNew = known === undefined;
  if (isNew && isIntrospectionJwt(token, bytes)) {
    return rejected("invalid_token", verificationFailure("type").failure);
  }
  const outcome = known ?? ask(token, context, judgeAlone);
  if (checkRevocation === undefined) return outcome;
  const revise = (settled: Outcome): MaybePromise<Outcome> =>
    settled.kind === "ok" ? checkAgain(token, settled, { bytes, checkRevocation }) : settled;
  return outcome instanceof Promise ? outcome.then(revise) : revise(outcome);
}

/** Asks the issuer about a token that has been verified; its outcome is what the answer leaves of it. */
export function introspectVerified(
  token: string,
  verified: OkOutcome,
  context: IntrospectionContext,
): MaybePromise<Outcome> {
  return (
    findKept(token, context) ??
    ask(token, context, (response, judgement) =>
      compareIntrospection(verified.principal, response, judgement),
    )
  );
}

type Judge = (
  response: IntrospectionResponse,
  context: JudgementContext,
) => Result<Principal, ComparisonFailure>;

const judgeAlone: Judge = (response, context) => {
  const judged = judgeIntrospection(response, context);
  return judged.ok ? judged : failed({ kind: "rejected", failure: judged.failure });
};

function findKept(token: string, { kept, clock }: IntrospectionContext): Outcome | undefined {
  const moment = { nowMs: clock.monotonicMs(), now: clock.now() };
  const good = kept.findGood(token, moment);
  if (good !== undefined) return good.outcome;
  const refused = kept.findRefused(token, moment);
  return refused && rejected("invalid_token", refused.failure);
}

function ask(token: string, context: IntrospectionContext, judge: Judge): MaybePromise<Outcome> {
  const introspected = context.introspector.introspect(token);
  return introspected instanceof Promise
    ? introspected.then((settled) => conclude(token, settled, { ...context, judge }))
    : conclude(token, introspected, { ...context, judge });
}

function conclude(
  token: string,
  introspected: Introspected,
  context: IntrospectionContext & { readonly judge: Judge },
): Outcome {
  if (introspected.kind === "outage") return introspectionUnavailable(introspected.outage);
  const { policy, kept, clock, judge } = context;
  const { response, askedMs } = introspected;
  const judged = judge(response, { policy, now: clock.now() });
  if (judged.ok) {
    return kept.keepGood(token, askedMs, { kind: "ok", principal: judged.value }).outcome;
  }
  if (judged.failure.kind === "outage") return introspectionUnavailable(judged.failure.outage);
  const { failure } = judged.failure;
  // Time heals it, so that it is not kept.
  if (failure.code !== "not_yet_valid") kept.keepRefused(token, askedMs, failure);
  return rejected("invalid_token", failure);
}

function checkAgain(
  token: string,
  outcome: OkOutcome,
  context: { readonly bytes: Bytes; readonly checkRevocation: CheckRevocation },
): MaybePromise<Outcome> {
  const { jti = "", clientId, issuedAt } = outcome.principal.claims;
  const jws = parseCompactJws(token, context.bytes);
  const kid = jws.ok ? jws.value.header.kid : noKey;
  const verdict = context.checkRevocation({ jti, clientId, issuedAt, kid });
  return verdict instanceof Promise
    ? verdict.then((settled) => afterRevocationCheck(outcome, settled))
    : afterRevocationCheck(outcome, verdict);
}

function isIntrospectionJwt(token: string, bytes: Bytes): boolean {
  const jws = parseCompactJws(token, bytes);
  return jws.ok && isOfType(jws.value.header, [introspectionJwtType]);
}
