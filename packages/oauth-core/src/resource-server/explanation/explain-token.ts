import { defaultJwsLimits } from "../../jwt/compact-jws.ts";
import type { KeySetHealth } from "../../key-set/remote-key-set.ts";
import { parseAccessTokenClaims } from "../../jwt/access-token-claims.ts";
import type { CompactJws } from "../../jwt/compact-jws.ts";
import type { MaybePromise } from "../../ports.ts";
import type { VerificationKey } from "../../signature-engine.ts";
import type { ExtensionsVerdict } from "../extensions.ts";
import type { OkOutcome, Outcome } from "../outcome.ts";
import type { PossessionContext } from "../possession/require-possession.ts";
import type { TrustedIssuer } from "../trusted-issuer.ts";
import type { TokenContext } from "../verify-token.ts";
import { verifyToken } from "../verify-token.ts";
import { checkStranger, checkToken } from "./token-checks.ts";
import { decide, decidingCheck, toVerdict } from "./explained-verdict.ts";
import type { ExplainedClock, TokenExplanation } from "./token-explanation.ts";
import type { TokenFacts } from "./token-facts.ts";
import type { TokenReading } from "./token-reading.ts";
import { readToken } from "./token-reading.ts";

/** What is explained, and by what, beside the token itself. */
export interface ExplainOptions {
  /** The scope tokens that the resource needs; absent: a good token is enough. */
  readonly scope?: readonly string[] | undefined;

  /** How possession is judged; of a token alone, none is proven. */
  readonly possession: PossessionContext;

  /** The names of all issuers that are trusted. */
  readonly trusted: readonly string[];

  /** Tells the condition of an issuer's keys, and its clock less this one as far as it is known. */
  readonly describeIssuer?: ((issuer: TrustedIssuer) => IssuerDescription | undefined) | undefined;

  /** Finds who asks an issuer about tokens that are good by its keys; absent, or `undefined`: nobody does. */
  readonly reviewerOf?: ((issuer: TrustedIssuer) => ReviewToken | undefined) | undefined;
}

/** Asks the issuer about a good token; `undefined`: it is not asked for such a use. */
export type ReviewToken = (
  token: string,
  outcome: OkOutcome,
  requiredScope: readonly string[],
) => MaybePromise<Outcome> | undefined;

/** What is known of an issuer beside its keys themselves. */
export interface IssuerDescription {
  readonly keySet: KeySetHealth;
  readonly issuerOffsetSeconds: number | undefined;
}

/**
 * Explains what becomes of a token that comes alone; never rejects where the context's functions do not.
 *
 * Keys, signature and revocation are asked for once. From what they say verification itself gives the verdict, and the
 * checks are listed from the same.
 */
export async function explainToken(
  token: string,
  context: TokenContext,
  options: ExplainOptions,
): Promise<TokenExplanation> {
  const { bytes, findIssuer, limits = defaultJwsLimits } = context;
  const reading = readToken(token, { findIssuer, limits, bytes });
  const { issuer } = reading;
  return issuer === undefined
    ? explainStranger(token, reading, { context, options })
    : explainOf(issuer, { token, reading }, { context, options });
}

interface Explaining {
  readonly context: TokenContext;
  readonly options: ExplainOptions;
}

async function explainOf(
  issuer: TrustedIssuer,
  { token, reading }: { readonly token: string; readonly reading: TokenReading },
  { context, options }: Explaining,
): Promise<TokenExplanation> {
  const { jws, query } = reading;
  const { checkExtensions } = context;
  const { policy, lookUpKey, checkRevocation } = issuer;
  const lookup = query && (await lookUpKey(query));
  const key = lookup?.kind === "found" ? lookup.key : undefined;
  const { isGood, engineFailure } =
    jws && key && key.algorithm === query?.algorithm
      ? await checkSignature(jws, key, context)
      : noVerdict;
  const parsed = jws && isGood === true ? parseAccessTokenClaims(jws.payload) : undefined;
  const proven = parsed?.ok === true ? parsed.value : undefined;
  const extensions = proven && checkExtensions && (await checkExtensions(proven.extensions ?? {}));
  const revocation =
    proven && checkRevocation && (await checkRevocation({ ...proven, kid: query?.kid }));
  const now = context.clock.now();
  const known: TrustedIssuer = {
    policy,
    lookUpKey: () => lookup ?? { kind: "not_found" },
    checkRevocation: revocation && (() => revocation),
  };
  const byKeys = await verifyFrom(
    { now, isGood, engineFailure, issuer: known, extensions },
    token,
    context,
  );
  const review = options.reviewerOf?.(issuer);
  const reviewed =
    byKeys.kind === "ok" ? await review?.(token, byKeys, options.scope ?? []) : undefined;
  const described = options.describeIssuer?.(issuer);
  const facts: TokenFacts = {
    reading,
    policy,
    maxLength: (context.limits ?? defaultJwsLimits).maxLength,
    now,
    lookup,
    isGood,
    engineFailure,
    followsRevocations: checkRevocation !== undefined,
    revocation,
    hasSchema: checkExtensions !== undefined,
    extensions,
    introspects: review !== undefined,
    reviewed,
    isGoodSoFar: byKeys.kind === "ok",
    requireBoundTokens: options.possession.requireBoundTokens,
    requiredScope: options.scope,
    keySet: described?.keySet,
  };

  const checks = checkToken(facts);
  return {
    verdict: toVerdict(await decide(reviewed ?? byKeys, options)),
    decidedBy: decidingCheck(checks),
    isProven: isGood === true,
    checks,
    clock: explainClock(reading, {
      now,
      toleranceSeconds: policy.clockToleranceSeconds,
      issuerOffsetSeconds: described?.issuerOffsetSeconds,
    }),
    keySet: facts.keySet,
  };
}

type SignatureVerdict = Pick<TokenFacts, "isGood" | "engineFailure">;

const noVerdict: SignatureVerdict = {};

async function checkSignature(
  { signingInput, signature }: CompactJws,
  key: VerificationKey,
  { signatureEngine }: TokenContext,
): Promise<SignatureVerdict> {
  try {
    return { isGood: await signatureEngine.verify(key, signingInput, signature) };
  } catch (cause) {
    return { engineFailure: { cause } };
  }
}

async function explainStranger(
  token: string,
  reading: TokenReading,
  { context, options }: Explaining,
): Promise<TokenExplanation> {
  const { trusted } = options;
  const { maxLength } = context.limits ?? defaultJwsLimits;
  const now = context.clock.now();
  const outcome = await verifyFrom({ now }, token, context);
  const checks = checkStranger(reading, { maxLength, trusted });
  return {
    verdict: toVerdict(outcome),
    decidedBy: decidingCheck(checks),
    isProven: false,
    checks,
    clock: explainClock(reading, { now }),
  };
}

/** Lets verification look at the token, from the facts at hand. */
async function verifyFrom(
  facts: SignatureVerdict & {
    readonly now: number;
    readonly issuer?: TrustedIssuer | undefined;
    readonly extensions?: ExtensionsVerdict | undefined;
  },
  token: string,
  { bytes, limits }: TokenContext,
): Promise<Outcome> {
  const { now, isGood, engineFailure, issuer, extensions } = facts;
  const verify = (): boolean => {
    if (engineFailure !== undefined) throw engineFailure.cause;
    return isGood === true;
  };
  return verifyToken(token, {
    findIssuer: () => issuer,
    bytes,
    limits,
    clock: { now: () => now },
    signatureEngine: { verify },
    checkExtensions: extensions && (() => extensions),
  });
}

function explainClock(
  reading: TokenReading,
  clock: Pick<ExplainedClock, "now" | "toleranceSeconds" | "issuerOffsetSeconds">,
): ExplainedClock {
  const { claims, faulty } = reading.claims ?? { claims: undefined, faulty: [] };
  const time = (name: string, value: number | undefined): number | undefined =>
    faulty.some((fault) => fault.name === name) ? undefined : value;
  const issuedAt = time("iat", claims?.issuedAt);
  return {
    ...clock,
    issuedAt,
    notBefore: time("nbf", claims?.notBefore),
    expiresAt: time("exp", claims?.expiresAt),
    behindBySeconds: issuedAt && Math.max(issuedAt - clock.now, 0),
  };
}
