import type { KeySetHealth } from "../../key-set/remote-key-set.ts";
import type { Outcome } from "../outcome.ts";
import { requireScope } from "../outcome.ts";
import type { BearerTokenContext } from "../verify-bearer-token.ts";
import { verifyBearerToken } from "../verify-bearer-token.ts";
import type { TokenFacts } from "./token-checks.ts";
import { checkToken } from "./token-checks.ts";
import type { ExplainedClock, ExplainedVerdict, TokenExplanation } from "./token-explanation.ts";
import { readToken } from "./token-reading.ts";

/** What is explained beside the token itself. */
export interface ExplainOptions {
  /** The scope tokens that the resource needs; absent: a good token is enough. */
  readonly scope?: readonly string[] | undefined;

  /** Tells the condition of the issuer's keys. */
  readonly keySetHealth?: (() => KeySetHealth) | undefined;

  /** The issuer's clock less this one, as far as it is known. */
  readonly issuerOffsetSeconds?: (() => number | undefined) | undefined;
}

/**
 * Explains what becomes of a token, as a bearer token; never rejects where the context's functions do not.
 *
 * Keys, signature and revocation are asked for once. From what they say `verifyBearerToken` itself gives the verdict, and
 * the checks are listed from the same.
 */
export async function explainToken(
  token: string,
  context: BearerTokenContext,
  options: ExplainOptions = {},
): Promise<TokenExplanation> {
  const { policy, bytes, clock, checkRevocation } = context;
  const { scope: requiredScope, keySetHealth, issuerOffsetSeconds } = options;
  const reading = readToken(token, { policy, bytes });
  const lookup = reading.query && (await context.lookUpKey(reading.query));
  const key = lookup?.kind === "found" ? lookup.key : undefined;
  const { jws, query, claims } = reading;
  const isGood =
    jws && key && key.algorithm === query?.algorithm
      ? await context.signatureEngine.verify(key, jws.signingInput, jws.signature)
      : undefined;
  const isRevocable = isGood === true && claims?.faulty.length === 0;
  const revocation =
    checkRevocation && claims && isRevocable
      ? await checkRevocation({ ...claims.claims, kid: query?.kid })
      : undefined;
  const facts: TokenFacts = {
    reading,
    policy,
    now: clock.now(),
    lookup,
    isGood,
    followsRevocations: checkRevocation !== undefined,
    revocation,
    requiredScope,
    keySet: keySetHealth?.(),
  };

  const checks = checkToken(facts);
  return {
    verdict: toVerdict(await decide(token, facts, context)),
    decidedBy: checks.find(({ status }) => status === "failed" || status === "unknown")?.name,
    isProven: isGood === true,
    checks,
    clock: explainClock(facts, issuerOffsetSeconds?.()),
    keySet: facts.keySet,
  };
}

/** Lets verification decide, from the facts at hand. */
async function decide(
  token: string,
  { policy, now, lookup, isGood, revocation, requiredScope = [] }: TokenFacts,
  { bytes }: BearerTokenContext,
): Promise<Outcome> {
  const outcome = await verifyBearerToken(token, {
    policy,
    bytes,
    clock: { now: () => now },
    lookUpKey: () => lookup ?? { kind: "not_found" },
    signatureEngine: { verify: () => isGood === true },
    checkRevocation: revocation && (() => revocation),
  });
  return requireScope(outcome, requiredScope);
}

function toVerdict(outcome: Outcome): ExplainedVerdict {
  switch (outcome.kind) {
    case "ok":
      return { kind: "ok" };
    case "rejected":
      return { kind: "rejected", error: outcome.error, code: outcome.detail.code };
    case "unavailable": {
      const { detail, retryAfterSeconds } = outcome;
      return { kind: "unavailable", code: detail.code, retryAfterSeconds };
    }
  }
}

function explainClock(
  { reading, policy, now }: TokenFacts,
  issuerOffsetSeconds: number | undefined,
): ExplainedClock {
  const { claims, faulty } = reading.claims ?? { claims: undefined, faulty: [] };
  const time = (name: string, value: number | undefined): number | undefined =>
    faulty.some((fault) => fault.name === name) ? undefined : value;
  const issuedAt = time("iat", claims?.issuedAt);
  return {
    now,
    toleranceSeconds: policy.clockToleranceSeconds,
    issuedAt,
    notBefore: time("nbf", claims?.notBefore),
    expiresAt: time("exp", claims?.expiresAt),
    behindBySeconds: issuedAt && Math.max(issuedAt - now, 0),
    issuerOffsetSeconds,
  };
}
