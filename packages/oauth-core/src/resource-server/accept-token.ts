/**
 * What becomes of a token whose signature and claims are good: whether it has been revoked, and whether it is kept.
 *
 * @module
 */

import type { PreparedVerification } from "../jwt/verify-access-token.ts";
import type { MaybePromise } from "../ports.ts";
import type { RevocableToken } from "../revocation/revocation-set.ts";
import type { ReadClaims } from "./extensions.ts";
import { freezeOutcome } from "./freeze-outcome.ts";
import type { OkOutcome, Outcome } from "./outcome.ts";
import { toPrincipal } from "./principal.ts";
import { afterRevocationCheck } from "./revocation-check.ts";
import type { RevocationVerdict } from "./trusted-issuer.ts";
import type { VerifiedToken, VerifiedTokens } from "./verified-tokens.ts";

/** What a verification came upon. */
export interface FoundGood extends Pick<VerifiedToken, "issuer" | "key"> {
  readonly prepared: Pick<PreparedVerification, "token" | "kid" | "algorithm">;

  /** When its times were looked at, in seconds since the Unix epoch. */
  readonly now: number;
}

/** Accepts a token that was seen for the first time, unless it has been revoked. */
export function acceptNew(
  read: ReadClaims,
  found: FoundGood,
  verifiedTokens: VerifiedTokens | undefined,
): MaybePromise<Outcome> {
  const verified = toVerifiedToken(read, found);
  const acceptance = { now: found.now, place: read.isShareable ? verifiedTokens : undefined };
  const { checkRevocation } = found.issuer;
  if (checkRevocation === undefined) return judgeNew(verified, notRevoked, acceptance);
  const verdict = checkRevocation(revocable(verified));
  return verdict instanceof Promise
    ? verdict.then((settled) => judgeNew(verified, settled, acceptance))
    : judgeNew(verified, verdict, acceptance);
}

const notRevoked: RevocationVerdict = { kind: "not_revoked" };

/** Accepts a token that is kept, unless it has been revoked since. */
export function acceptAgain(
  known: VerifiedToken,
  verifiedTokens: VerifiedTokens | undefined,
): MaybePromise<Outcome> {
  const { checkRevocation } = known.issuer;
  if (checkRevocation === undefined) return known.outcome;
  const verdict = checkRevocation(revocable(known));
  return verdict instanceof Promise
    ? verdict.then((settled) => judgeAgain(known, settled, verifiedTokens))
    : judgeAgain(known, verdict, verifiedTokens);
}

function revocable({ claims, kid }: VerifiedToken): RevocableToken {
  const { jti, clientId, issuedAt } = claims;
  return { jti, clientId, issuedAt, kid };
}

function toVerifiedToken(
  { claims, isShareable, addedBytes }: ReadClaims,
  { prepared, issuer, key }: FoundGood,
): VerifiedToken {
  const { token, kid, algorithm } = prepared;
  const outcome: OkOutcome = { kind: "ok", principal: toPrincipal(claims) };
  // A byte for each character of the token, and at most 1.5 in the texts of its claims. What is not shared is not kept.
  const textBytes = Math.ceil(token.length * 2.5) + addedBytes;
  const bytes = isShareable ? entryBytes + textBytes + freezeOutcome(outcome) : 0;
  return { token, issuer, kid, algorithm, key, claims, outcome, bytes };
}

/** What an entry takes beside its token and its outcome: the object itself, its place in a map, the tail of the token. */
const entryBytes = 328;

function judgeNew(
  verified: VerifiedToken,
  verdict: RevocationVerdict,
  { now, place }: { readonly now: number; readonly place: VerifiedTokens | undefined },
): Outcome {
  const outcome = afterRevocationCheck(verified.outcome, verdict);
  if (outcome.kind === "ok") place?.add(verified);
  const { observe } = verified.issuer;
  if (observe !== undefined && outcome.kind !== "unavailable") {
    const { algorithm, claims } = verified;
    const refusedFor = outcome.kind === "ok" ? undefined : "revoked";
    observe({ claims, algorithm, now, refusedFor });
  }
  return outcome;
}

function judgeAgain(
  known: VerifiedToken,
  verdict: RevocationVerdict,
  verifiedTokens: VerifiedTokens | undefined,
): Outcome {
  const outcome = afterRevocationCheck(known.outcome, verdict);
  if (outcome.kind === "rejected") verifiedTokens?.remove(known);
  return outcome;
}
