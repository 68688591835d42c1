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
import type { OkOutcome, Outcome, RejectedOutcome, UnavailableOutcome } from "../outcome.ts";
import { rejected } from "../outcome.ts";
import type { Principal } from "../principal.ts";
import type { CheckRevocation } from "../trusted-issuer.ts";
import { afterRevocationCheck } from "../revocation-check.ts";
import { introspectionUnavailable } from "./introspection-outage.ts";
import type { Introspected, Introspector } from "./introspector.ts";
import type { ComparisonFailure, JudgementContext } from "./judge-introspection.ts";
import { compareIntrospection, judgeIntrospection } from "./judge-introspection.ts";
import type { KeptIntrospection, KeptIntrospections } from "./kept-introspections.ts";

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
  const { checkRevocation } = context;
  const found = findKept(token, context) ?? askAlone(token, context);
  return found instanceof Promise
    ? found.then((settled) => toOutcome(settled, checkRevocation))
    : toOutcome(found, checkRevocation);
}

/** Asks the issuer about a token that has been verified; its outcome is what the answer leaves of it. */
export function introspectVerified(
  token: string,
  verified: OkOutcome,
  context: IntrospectionContext,
): MaybePromise<Outcome> {
  const judge: Judge = (response, judgement) =>
    compareIntrospection(verified.principal, response, judgement);
  // Its revocation has been looked at.
  const found = findKept(token, context) ?? ask(token, context, { judge, kid: undefined });
  return found instanceof Promise
    ? found.then((settled) => toOutcome(settled, undefined))
    : toOutcome(found, undefined);
}

/** A good token, or why it is none. */
type Finding = KeptIntrospection | RejectedOutcome | UnavailableOutcome;

type Judge = (
  response: IntrospectionResponse,
  context: JudgementContext,
) => Result<Principal, ComparisonFailure>;

/** How an answer is judged, and which key the token names. */
interface Inquiry {
  readonly judge: Judge;
  readonly kid: string | undefined;
}

function findKept(token: string, { kept, clock }: IntrospectionContext): Finding | undefined {
  const moment = { nowMs: clock.monotonicMs(), now: clock.now() };
  const good = kept.findGood(token, moment);
  if (good !== undefined) return good;
  const refused = kept.findRefused(token, moment);
  return refused && rejected("invalid_token", refused.failure);
}

function askAlone(token: string, context: OpaqueTokenContext): MaybePromise<Finding> {
  const { policy, bytes } = context;
  const { maxLength } = policy.limits ?? defaultJwsLimits;
  if (token.length > maxLength || !presentable.test(token)) {
    return rejected("invalid_token", verificationFailure("malformed").failure);
  }
  const jws = parseCompactJws(token, bytes, { maxLength });
  if (jws.ok && isOfType(jws.value.header, [introspectionJwtType])) {
    return rejected("invalid_token", verificationFailure("type").failure);
  }
  return ask(token, context, { judge: judgeAlone, kid: jws.ok ? jws.value.header.kid : noKey });
}

const judgeAlone: Judge = (response, context) => {
  const judged = judgeIntrospection(response, context);
  return judged.ok ? judged : failed({ kind: "rejected", failure: judged.failure });
};

function ask(
  token: string,
  context: IntrospectionContext,
  inquiry: Inquiry,
): MaybePromise<Finding> {
  const introspected = context.introspector.introspect(token);
  return introspected instanceof Promise
    ? introspected.then((settled) => conclude(token, settled, { ...context, ...inquiry }))
    : conclude(token, introspected, { ...context, ...inquiry });
}

function conclude(
  token: string,
  introspected: Introspected,
  context: IntrospectionContext & Inquiry,
): Finding {
  if (introspected.kind === "outage") return introspectionUnavailable(introspected.outage);
  const { policy, kept, clock, judge, kid } = context;
  const { response, askedMs } = introspected;
  const judged = judge(response, { policy, now: clock.now() });
  if (judged.ok) {
    return kept.keepGood(token, askedMs, { outcome: { kind: "ok", principal: judged.value }, kid });
  }
  if (judged.failure.kind === "outage") return introspectionUnavailable(judged.failure.outage);
  const { failure } = judged.failure;
  // Time heals it, so that it is not kept.
  if (failure.code !== "not_yet_valid") kept.keepRefused(token, askedMs, failure);
  return rejected("invalid_token", failure);
}

/** A kept answer says nothing of what was revoked after it. */
function toOutcome(
  found: Finding,
  checkRevocation: CheckRevocation | undefined,
): MaybePromise<Outcome> {
  if (!("outcome" in found)) return found;
  const { outcome, revocable } = found;
  if (checkRevocation === undefined) return outcome;
  const verdict = checkRevocation(revocable);
  return verdict instanceof Promise
    ? verdict.then((settled) => afterRevocationCheck(outcome, settled))
    : afterRevocationCheck(outcome, verdict);
}
