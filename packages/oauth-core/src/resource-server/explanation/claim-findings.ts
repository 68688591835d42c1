/**
 * What is found of a token's claims, each on its own: what is wrong with one hides nothing of the next.
 *
 * @module
 */

import type { AccessTokenClaims } from "../../jwt/access-token-claims.ts";
import { checkLifetime, isForAudience } from "../../jwt/verify-access-token.ts";
import type { RevocationVerdict } from "../trusted-issuer.ts";
import type { FaultyClaim, ReadableClaims } from "./faulty-claims.ts";
import { showInstant, showText, showTexts } from "./show-value.ts";
import type { Finding, TokenFacts } from "./token-facts.ts";
import { judged } from "./token-facts.ts";

export function checkFaults({ reading: { claims } }: TokenFacts): Finding {
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

export function checkIssuer(facts: TokenFacts): Finding {
  const { issuer } = facts.policy;
  const expected = showText(issuer);
  const claims = readable(facts, "iss");
  if (claims === undefined) return { status: "not_reached", expected };
  return { status: judged(claims.issuer === issuer), expected, actual: showText(claims.issuer) };
}

export function checkAudience(facts: TokenFacts): Finding {
  const { policy } = facts;
  const expected = policy.audience === null ? "any" : showTexts(policy.audience);
  const claims = readable(facts, "aud");
  if (claims === undefined) return { status: "not_reached", expected };
  const actual = showTexts(claims.audience);
  return { status: judged(isForAudience(claims, policy)), expected, actual };
}

export function checkExpiry(facts: TokenFacts): Finding {
  const { policy, now } = facts;
  const expected = `exp in the future, or at most ${policy.clockToleranceSeconds} s ago`;
  const claims = readable(facts, "exp");
  if (claims === undefined) return { status: "not_reached", expected };
  const { expiresAt } = claims;
  const isExpired = checkLifetime({ expiresAt }, policy, now) === "expired";
  return { status: judged(!isExpired), expected, actual: showInstant(expiresAt, now) };
}

export function checkNotBefore(facts: TokenFacts): Finding {
  const { policy, now } = facts;
  const expected = `no nbf, or one at most ${policy.clockToleranceSeconds} s ahead`;
  const claims = readable(facts, "nbf");
  if (claims === undefined) return { status: "not_reached", expected };
  const { notBefore } = claims;
  if (notBefore === undefined) return { status: "passed", expected, actual: "none" };
  const isEarly = checkLifetime({ expiresAt: Infinity, notBefore }, policy, now) !== undefined;
  return { status: judged(!isEarly), expected, actual: showInstant(notBefore, now) };
}

export function checkConfirmation(facts: TokenFacts): Finding {
  return judgeConfirmation(readable(facts, "cnf"), facts.requireBoundTokens);
}

/** Judges the `cnf` of a token that comes alone; without claims there is nothing to judge. */
export function judgeConfirmation(
  claims: Pick<AccessTokenClaims, "confirmation"> | undefined,
  requireBoundTokens: boolean,
): Finding {
  const expected = requireBoundTokens
    ? "a token that is bound, with the proof that comes with its request"
    : "no cnf: the token comes without a proof of possession";
  if (claims === undefined) return { status: "not_reached", expected };
  const { confirmation } = claims;
  if (confirmation !== undefined) {
    const actual = `bound by ${showTexts(Object.keys(confirmation))}`;
    return { status: "failed", expected, actual };
  }
  if (!requireBoundTokens) return { status: "passed", expected, actual: "none" };
  const advice = "Have the client ask for a token that is bound to its key or its certificate.";
  return { status: "failed", expected, actual: "bound to nothing", advice };
}

export function checkRevocation({ followsRevocations, revocation }: TokenFacts): Finding {
  return judgeRevocation(followsRevocations, revocation?.kind);
}

/** Judges what the feed says; no verdict: it was not asked about the token. */
export function judgeRevocation(
  followsRevocations: boolean,
  verdict: RevocationVerdict["kind"] | undefined,
): Finding {
  const expected = "not revoked";
  if (!followsRevocations) {
    return { status: "not_asked", expected, actual: "no feed of revocations is followed" };
  }
  switch (verdict) {
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

export function checkScope(facts: TokenFacts, required: readonly string[]): Finding {
  const claims = readable(facts, "scope");
  // What the issuer says may have taken some of it away.
  const { reviewed } = facts;
  return judgeScope(reviewed?.kind === "ok" ? reviewed.principal.scope : claims?.scope, required);
}

/** Judges what was granted; where that is not known there is nothing to judge. */
export function judgeScope(
  scope: readonly string[] | undefined,
  required: readonly string[],
): Finding {
  const expected = showTexts(required);
  if (scope === undefined) return { status: "not_reached", expected };
  const isGranted = required.every((token) => scope.includes(token));
  return { status: judged(isGranted), expected, actual: showTexts(scope) };
}
