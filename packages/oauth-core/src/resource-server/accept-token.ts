/**
 * What becomes of a token whose signature and claims are good: whether it has been revoked, and whether it is kept.
 *
 * @module
 */

import type { PreparedVerification } from "../jwt/verify-access-token.ts";
import type { Clock, MaybePromise } from "../ports.ts";
import type { ReadClaims } from "./extensions.ts";
import { freezeOutcome } from "./freeze-outcome.ts";
import type { OkOutcome, Outcome } from "./outcome.ts";
import { toPrincipal } from "./principal.ts";
import { afterRevocationCheck } from "./revocation-check.ts";
import type { RevocationVerdict } from "./trusted-issuer.ts";
import type { VerifiedToken, VerifiedTokens } from "./verified-tokens.ts";

interface Acceptance {
  /** Absent: nothing is kept. */
  readonly verifiedTokens?: VerifiedTokens | undefined;
  readonly clock: Pick<Clock, "now">;
}

/** Accepts a token that was seen for the first time, unless it has been revoked. */
export function acceptNew(
  read: ReadClaims,
  {
    prepared,
    issuer,
    key,
  }: Pick<VerifiedToken, "issuer" | "key"> & {
    readonly prepared: PreparedVerification;
  },
  { verifiedTokens, clock }: Acceptance,
): MaybePromise<Outcome> {
  const verified = toVerifiedToken(read, prepared, { issuer, key });
  const acceptance = { clock, verifiedTokens: read.isShareable ? verifiedTokens : undefined };
  const { checkRevocation } = issuer;
  if (checkRevocation === undefined) return judgeNew(verified, { kind: "not_revoked" }, acceptance);
  const verdict = checkRevocation(verified.revocable);
  return verdict instanceof Promise
    ? verdict.then((settled) => judgeNew(verified, settled, acceptance))
    : judgeNew(verified, verdict, acceptance);
}

/** Accepts a token that is kept, unless it has been revoked since. */
export function acceptAgain(
  known: VerifiedToken,
  verifiedTokens: VerifiedTokens | undefined,
): MaybePromise<Outcome> {
  const { checkRevocation } = known.issuer;
  if (checkRevocation === undefined) return known.outcome;
  const verdict = checkRevocation(known.revocable);
  return verdict instanceof Promise
    ? verdict.then((settled) => judgeAgain(known, settled, verifiedTokens))
    : judgeAgain(known, verdict, verifiedTokens);
}

function toVerifiedToken(
  { claims, isShareable, addedBytes }: ReadClaims,
  { token, kid, algorithm }: PreparedVerification,
  { issuer, key }: Pick<VerifiedToken, "issuer" | "key">,
): VerifiedToken {
  const outcome: OkOutcome = { kind: "ok", principal: toPrincipal(claims) };
  const { jti, clientId, issuedAt } = claims;
  // A byte for each character of the token, and at most 1.5 in the texts of its claims. What is not shared is not kept.
  const textBytes = token.length * 2.5 + addedBytes;
  const bytes = isShareable ? entryBytes + textBytes + freezeOutcome(outcome) : 0;
  const revocable = { jti, clientId, issuedAt, kid };
  return { token, issuer, kid, algorithm, key, claims, revocable, outcome, bytes };
}

/** What an entry takes beside its token and its outcome: the object itself, its place in a map, the tail of the token. */
const entryBytes = 328;

function judgeNew(
  verified: VerifiedToken,
  verdict: RevocationVerdict,
  { verifiedTokens, clock }: Acceptance,
): Outcome {
  const outcome = afterRevocationCheck(verified.outcome, verdict);
  if (outcome.kind === "ok") verifiedTokens?.add(verified);
  const { observe } = verified.issuer;
  if (observe !== undefined && outcome.kind !== "unavailable") {
    const { algorithm, claims } = verified;
    const refusedFor = outcome.kind === "ok" ? undefined : "revoked";
    observe({ claims, algorithm, now: clock.now(), refusedFor });
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
