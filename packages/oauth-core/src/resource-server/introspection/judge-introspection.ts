/**
 * What an answer is worth: nothing is believed of a token that would not be believed of one verified here.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-4 | RFC 7662 section 4}
 * @module
 */

import { parseAccessTokenClaims } from "../../jwt/access-token-claims.ts";
import type { AccessTokenPolicy, VerificationFailure } from "../../jwt/verify-access-token.ts";
import {
  checkClaims,
  checkLifetime,
  isForAudience,
  verificationFailure,
} from "../../jwt/verify-access-token.ts";
import type { ActiveToken, IntrospectionResponse } from "../../protocol/introspection-response.ts";
import { introspectionMembers } from "../../protocol/introspection-response.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { ownMember } from "../../protocol/json.ts";
import type { ProtocolFailure, Result } from "../../result.ts";
import { failed, ok, protocolFailure } from "../../result.ts";
import type { Principal, PrincipalClaims } from "../principal.ts";
import { toPrincipal } from "../principal.ts";
import type { IntrospectionOutage } from "./introspection-outage.ts";

/** Where and when an answer is judged; `now` is in seconds since the Unix epoch. */
export interface JudgementContext {
  readonly policy: AccessTokenPolicy;
  readonly now: number;
}

/** Why a token is refused by what its issuer says of it. */
export type JudgementFailure = VerificationFailure | ProtocolFailure<"inactive">;

const inactive = protocolFailure(
  "inactive",
  "The issuer says that the token is not active",
  "RFC 7662 section 2.2",
);

/**
 * Judges an answer about a token of which nothing else is known.
 *
 * It must say all that a token has to: `client_id`, `aud`, `iat`, `exp`, and `token_type`, without which it might be
 * about a refresh token. Without `iss` the issuer speaks of itself, and without `sub` of the client (RFC 9068 section 2.2).
 * Where every audience is accepted, it need not name one.
 */
export function judgeIntrospection(
  response: IntrospectionResponse,
  { policy, now }: JudgementContext,
): Result<Principal, JudgementFailure> {
  if (!response.active) return inactive;
  if (!isAccessToken(response)) return verificationFailure("type");
  const { clientId, issuer, subject, jti, audience: told } = response;
  const isForAnybody = policy.audience === null && told === undefined;
  // These are about the token, and no claims of it.
  const { active: _active, token_type: _type, ...members } = introspectionMembers(response);
  const parsed = parseAccessTokenClaims({
    iss: issuer ?? policy.issuer,
    sub: subject ?? clientId,
    // Where they need not be told, they are not made up: what stands for them here is taken out again.
    ...(jti === undefined && { jti: "absent" }),
    ...(isForAnybody && { aud: "absent" }),
    ...withoutAbsent(members),
  });
  if (!parsed.ok) return verificationFailure("claims");
  const claims: PrincipalClaims = { ...parsed.value, jti, ...(isForAnybody && { audience: [] }) };
  const code = checkClaims(claims, policy, now);
  if (code !== undefined) return verificationFailure(code);
  return isDpopWithoutKey(response) ? verificationFailure("confirmation") : ok(toPrincipal(claims));
}

/** Why an answer does not let a verified token in: the token is not active, or the answer is about another one. */
export type ComparisonFailure =
  | { readonly kind: "rejected"; readonly failure: JudgementFailure }
  | { readonly kind: "outage"; readonly outage: IntrospectionOutage };

/**
 * Judges an answer about a token that has been verified here: whatever it says must be true of this token.
 *
 * The answer may only take away: of the scope and the audience, what it does not name is not granted any more; an earlier
 * `exp` counts.
 */
export function compareIntrospection(
  principal: Principal,
  response: IntrospectionResponse,
  { policy, now }: JudgementContext,
): Result<Principal, ComparisonFailure> {
  if (!response.active) return failed({ kind: "rejected", failure: inactive.failure });
  const { claims } = principal;
  if (!isAbout(claims, response)) {
    return failed({ kind: "outage", outage: { code: "introspection_mismatch" } });
  }
  if (response.tokenType !== undefined && !isAccessToken(response)) return refuse("type");
  // A token that is said to be a DPoP token is none that anybody may use who has it.
  const { notBefore, scope = claims.scope, audience = claims.audience } = response;
  const { tokenType, confirmation = claims.confirmation } = response;
  if (isDpopWithoutKey({ tokenType, confirmation })) return refuse("confirmation");
  if (!isForAudience({ audience }, policy)) return refuse("audience");
  const expiresAt = Math.min(claims.expiresAt, response.expiresAt ?? Infinity);
  const timing = checkLifetime({ expiresAt, notBefore }, policy, now);
  if (timing !== undefined) return refuse(timing);
  const granted = claims.scope.filter((name) => scope.includes(name));
  return granted.length === claims.scope.length && expiresAt === claims.expiresAt
    ? ok(principal)
    : ok(toPrincipal({ ...claims, scope: granted, expiresAt }));
}

/** What an answer leaves out contradicts nothing. */
function isAbout(claims: PrincipalClaims, response: ActiveToken): boolean {
  const { issuer, subject, clientId, jti, audience, confirmation } = response;
  return (
    (issuer ?? claims.issuer) === claims.issuer &&
    (subject ?? claims.subject) === claims.subject &&
    (clientId ?? claims.clientId) === claims.clientId &&
    (jti ?? claims.jti) === claims.jti &&
    (audience ?? claims.audience).some((name) => claims.audience.includes(name)) &&
    (confirmation === undefined || isSameKey(confirmation, claims.confirmation))
  );
}

/** The methods of RFC 9449 section 6.1 and RFC 8705 section 3.1. */
function isSameKey(told: JsonObject, known: JsonObject | undefined): boolean {
  // A token that is said to be bound in a way of which nothing is known here is no token that is bound to nothing.
  if (known === undefined) return false;
  return ["jkt", "x5t#S256"].every((name) => ownMember(told, name) === ownMember(known, name));
}

function isAccessToken({ tokenType }: ActiveToken): boolean {
  const name = tokenType?.toLowerCase();
  return name === "bearer" || name === "dpop";
}

/** A token that is said to be bound, and not to what. */
function isDpopWithoutKey({
  tokenType,
  confirmation = {},
}: Pick<ActiveToken, "tokenType" | "confirmation">): boolean {
  return tokenType?.toLowerCase() === "dpop" && typeof ownMember(confirmation, "jkt") !== "string";
}

/** To the claims' parser a member that is `undefined` is there, and wrong. */
function withoutAbsent(members: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function refuse(code: Parameters<typeof verificationFailure>[0]): Result<never, ComparisonFailure> {
  return failed({ kind: "rejected", failure: verificationFailure(code).failure });
}
