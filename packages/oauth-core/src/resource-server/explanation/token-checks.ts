/**
 * The checks of a token, one after the other, each on its own: what fails in one hides nothing of the next.
 *
 * @module
 */

import { defaultJwsLimits, isOfType } from "../../jwt/compact-jws.ts";
import { parseSignatureAlgorithm } from "../../jwt/jwk-algorithm.ts";
import type { AccessTokenPolicy } from "../../jwt/verify-access-token.ts";
import { checkLifetime, isForAudience } from "../../jwt/verify-access-token.ts";
import type { SettledKeyLookup } from "../../key-set/key-set-machine.ts";
import type { KeySetHealth } from "../../key-set/remote-key-set.ts";
import type { RevocationVerdict } from "../verify-bearer-token.ts";
import { textOf } from "./check-texts.ts";
import type { FaultyClaim, ReadableClaims } from "./faulty-claims.ts";
import { showInstant, showText, showTexts } from "./show-value.ts";
import type { TokenCheck, TokenCheckName, TokenCheckStatus } from "./token-explanation.ts";
import type { TokenReading } from "./token-reading.ts";

/** What a token is judged by; gathered once, so that all see the same. */
export interface TokenFacts {
  readonly reading: TokenReading;
  readonly policy: AccessTokenPolicy;
  readonly now: number;

  /** Absent: no key could be asked for. */
  readonly lookup?: SettledKeyLookup | undefined;

  /** Absent: there was no key to check the signature with. */
  readonly isGood?: boolean | undefined;

  /** Whether revocations are followed at all, and what they say of the token; absent: its signature is not good. */
  readonly followsRevocations: boolean;
  readonly revocation?: RevocationVerdict | undefined;

  /** What the resource needs; absent: nothing but a good token. */
  readonly requiredScope?: readonly string[] | undefined;
  readonly keySet?: KeySetHealth | undefined;
}

type Finding = Pick<TokenCheck, "status" | "expected" | "actual"> &
  Partial<Pick<TokenCheck, "reference" | "advice">>;

/** Makes all checks, in the order of verification. */
export function checkToken(facts: TokenFacts): readonly TokenCheck[] {
  const { requiredScope } = facts;
  return [
    toCheck("form", checkForm(facts)),
    toCheck("type", checkType(facts)),
    toCheck("algorithm", checkAlgorithm(facts)),
    toCheck("key", checkKey(facts)),
    toCheck("signature", checkSignature(facts)),
    toCheck("claims", checkFaults(facts)),
    toCheck("issuer", checkIssuer(facts)),
    toCheck("audience", checkAudience(facts)),
    toCheck("expiry", checkExpiry(facts)),
    toCheck("not_before", checkNotBefore(facts)),
    toCheck("confirmation", checkConfirmation(facts)),
    toCheck("revocation", checkRevocation(facts)),
    ...(requiredScope === undefined ? [] : [toCheck("scope", checkScope(facts, requiredScope))]),
  ];
}

function toCheck(name: TokenCheckName, finding: Finding): TokenCheck {
  const { reference, advice } = textOf(name);
  const needsAdvice = finding.status === "failed" || finding.status === "unknown";
  return { name, reference, ...finding, ...(needsAdvice && { advice: finding.advice ?? advice }) };
}

function judged(isGood: boolean): TokenCheckStatus {
  return isGood ? "passed" : "failed";
}

function checkForm({ reading, policy }: TokenFacts): Finding {
  const { formFailure, length, segments } = reading;
  const { maxLength } = policy.limits ?? defaultJwsLimits;
  const expected = `a compact JWS of at most ${maxLength} characters`;
  const size = `${length} characters${segments === undefined ? "" : `, segments: ${segments}`}`;
  if (formFailure === undefined) return { status: "passed", expected, actual: size };
  const { message, reference } = formFailure;
  return { status: "failed", expected, actual: `${message} (${size})`, reference };
}

function checkType({ reading: { header }, policy }: TokenFacts): Finding {
  const expected = policy.tokenTypes.join(" or ");
  if (header === undefined) return { status: "not_reached", expected };
  const actual = header.typ === undefined ? "none" : showText(header.typ);
  return { status: judged(isOfType(header, policy.tokenTypes)), expected, actual };
}

function checkAlgorithm({ reading: { header }, policy, lookup }: TokenFacts): Finding {
  const expected = policy.algorithms.join(", ");
  if (header === undefined) return { status: "not_reached", expected };
  const algorithm = parseSignatureAlgorithm(header.alg);
  const isAccepted = algorithm !== undefined && policy.algorithms.includes(algorithm);
  const isOfKey = lookup?.kind !== "found" || lookup.key.algorithm === algorithm;
  return { status: judged(isAccepted && isOfKey), expected, actual: showText(header.alg) };
}

function checkKey({ reading: { query }, lookup, keySet }: TokenFacts): Finding {
  const { kid } = query ?? {};
  const named = kid === undefined ? "the only key" : `the key ${showText(kid)}`;
  const expected = query === undefined ? "a key of the issuer" : `${named} for ${query.algorithm}`;
  if (lookup === undefined) return { status: "not_reached", expected };
  switch (lookup.kind) {
    case "found":
      return { status: "passed", expected, actual: "found" };
    case "not_found": {
      const kids = keySet?.keyIds.map((name) => name ?? "(without kid)");
      return {
        status: "failed",
        expected,
        actual: kids === undefined ? "not found" : `not among the issuer's: ${showTexts(kids)}`,
      };
    }
    case "unavailable":
      return {
        status: "unknown",
        expected,
        actual: `the issuer's keys cannot be had: ${lookup.reason ?? "no reason is known"}`,
        advice: "Find out why the issuer cannot be asked; the token may be good.",
      };
  }
}

function checkSignature({ isGood }: TokenFacts): Finding {
  const expected = "good";
  if (isGood === undefined) return { status: "not_reached", expected };
  return { status: judged(isGood), expected, actual: isGood ? "good" : "not good" };
}

function checkFaults({ reading: { claims } }: TokenFacts): Finding {
  const expected = "iss, sub, client_id, aud, iat, exp and jti, well formed";
  if (claims === undefined) return { status: "not_reached", expected };
  const actual = claims.faulty.map(describeFault).join(", ") || "well formed";
  return { status: judged(claims.faulty.length === 0), expected, actual };
}

function describeFault({ name, type }: FaultyClaim): string {
  return type === undefined ? `${name} is missing` : `${name} is malformed (${type})`;
}

/** Returns the claims when the one of that name can be read. */
function readable({ reading }: TokenFacts, name: string): ReadableClaims["claims"] | undefined {
  const isFaulty = reading.claims?.faulty.some((fault) => fault.name === name) ?? true;
  return isFaulty ? undefined : reading.claims?.claims;
}

function checkIssuer(facts: TokenFacts): Finding {
  const { issuer } = facts.policy;
  const expected = showText(issuer);
  const claims = readable(facts, "iss");
  if (claims === undefined) return { status: "not_reached", expected };
  return { status: judged(claims.issuer === issuer), expected, actual: showText(claims.issuer) };
}

function checkAudience(facts: TokenFacts): Finding {
  const { policy } = facts;
  const expected = policy.audience === null ? "any" : showTexts(policy.audience);
  const claims = readable(facts, "aud");
  if (claims === undefined) return { status: "not_reached", expected };
  const actual = showTexts(claims.audience);
  return { status: judged(isForAudience(claims, policy)), expected, actual };
}

function checkExpiry(facts: TokenFacts): Finding {
  const { policy, now } = facts;
  const expected = `exp in the future, or at most ${policy.clockToleranceSeconds} s ago`;
  const claims = readable(facts, "exp");
  if (claims === undefined) return { status: "not_reached", expected };
  const { expiresAt } = claims;
  const isExpired = checkLifetime({ expiresAt }, policy, now) === "expired";
  return { status: judged(!isExpired), expected, actual: showInstant(expiresAt, now) };
}

function checkNotBefore(facts: TokenFacts): Finding {
  const { policy, now } = facts;
  const expected = `no nbf, or one at most ${policy.clockToleranceSeconds} s ahead`;
  const claims = readable(facts, "nbf");
  if (claims === undefined) return { status: "not_reached", expected };
  const { notBefore } = claims;
  if (notBefore === undefined) return { status: "passed", expected, actual: "none" };
  const isEarly = checkLifetime({ expiresAt: Infinity, notBefore }, policy, now) !== undefined;
  return { status: judged(!isEarly), expected, actual: showInstant(notBefore, now) };
}

function checkConfirmation(facts: TokenFacts): Finding {
  const expected = "no cnf: the token comes without a proof of possession";
  const claims = readable(facts, "cnf");
  if (claims === undefined) return { status: "not_reached", expected };
  const { confirmation } = claims;
  if (confirmation === undefined) return { status: "passed", expected, actual: "none" };
  return {
    status: "failed",
    expected,
    actual: `bound by ${showTexts(Object.keys(confirmation))}`,
  };
}

function checkRevocation({ followsRevocations, revocation }: TokenFacts): Finding {
  const expected = "not revoked";
  if (!followsRevocations) {
    return { status: "not_asked", expected, actual: "no feed of revocations is followed" };
  }
  switch (revocation?.kind) {
    case undefined:
      return { status: "not_reached", expected };
    case "not_revoked":
      return { status: "passed", expected, actual: "not revoked" };
    case "revoked":
      return { status: "failed", expected, actual: "revoked" };
    case "unavailable":
      return {
        status: "unknown",
        expected,
        actual: "the feed of revocations fails",
        advice: "Find out why the feed of revocations cannot be read; the token may be good.",
      };
  }
}

function checkScope(facts: TokenFacts, required: readonly string[]): Finding {
  const expected = showTexts(required);
  const claims = readable(facts, "scope");
  if (claims === undefined) return { status: "not_reached", expected };
  const { scope } = claims;
  const isGranted = required.every((token) => scope.includes(token));
  return { status: judged(isGranted), expected, actual: showTexts(scope) };
}
