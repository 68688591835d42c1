/**
 * A policy that is tried out: what it would decide, beside what is decided.
 *
 * Both see the same issuer's keys and the same signature; the candidate's algorithms are among the present ones. They can
 * differ in what a good signature leaves open, and nowhere else.
 *
 * @module
 */

import type { AccessTokenPolicy, VerificationFailureCode } from "../../jwt/verify-access-token.ts";
import { checkClaims } from "../../jwt/verify-access-token.ts";
import type { TokenSight } from "./token-sight.ts";

/** A policy that decides nothing yet. */
export interface CandidatePolicy {
  readonly policy: AccessTokenPolicy;

  /** Scope tokens that every token must have been granted. */
  readonly scope: readonly string[];

  /** Refuses tokens that anybody may use who has them. */
  readonly requireBoundTokens: boolean;

  /** Whether the present policy refuses them. */
  readonly requiresBoundTokensNow: boolean;
}

/** Why the one policy refuses what the other accepts. */
export type PolicyDifferenceReason =
  | "algorithm"
  | "issuer"
  | "audience"
  | "expired"
  | "not_yet_valid"
  | "scope_insufficient"
  | "not_bound";

/** A verdict that would be another. */
export interface PolicyDifference {
  /** What the candidate would do; `accept`, unless the token turns out to be revoked. */
  readonly would: "accept" | "refuse";

  /** Why the candidate refuses, or the present policy does. */
  readonly reason: PolicyDifferenceReason;
}

/** Tells how a candidate would decide otherwise; `undefined`: it would not. */
export function compareVerdicts(
  sight: TokenSight,
  candidate: CandidatePolicy,
): PolicyDifference | undefined {
  const { claims, refusedFor } = sight;
  if (claims === undefined) return undefined;
  if (refusedFor === undefined && !(candidate.requiresBoundTokensNow && isUnbound(claims))) {
    const reason = refusalBy(candidate, sight, claims);
    return reason && { would: "refuse", reason };
  }
  // What no policy accepts, and what needs a proof beside the token, is refused by both.
  const reason = refusedFor ?? "not_bound";
  if (!isByPolicy(reason) || !isUnbound(claims)) return undefined;
  const isAccepted = refusalBy(candidate, sight, claims) === undefined;
  return isAccepted ? { would: "accept", reason } : undefined;
}

function isByPolicy(
  code: VerificationFailureCode | "not_bound",
): code is "audience" | "expired" | "not_yet_valid" | "not_bound" {
  return ["audience", "expired", "not_yet_valid", "not_bound"].includes(code);
}

function isUnbound({ confirmation }: NonNullable<TokenSight["claims"]>): boolean {
  return confirmation === undefined;
}

function refusalBy(
  { policy, scope, requireBoundTokens }: CandidatePolicy,
  { algorithm, now }: TokenSight,
  claims: NonNullable<TokenSight["claims"]>,
): PolicyDifferenceReason | undefined {
  if (!policy.algorithms.includes(algorithm)) return "algorithm";
  const code = checkClaims(claims, policy, now);
  if (code !== undefined) return code;
  if (requireBoundTokens && isUnbound(claims)) return "not_bound";
  return scope.every((token) => claims.scope.includes(token)) ? undefined : "scope_insufficient";
}
