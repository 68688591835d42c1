/**
 * Why a token is accepted or refused where its issuer's word is all that counts: what it looks like is not looked at.
 *
 * @module
 */

import type { Clock } from "../../ports.ts";
import type { Outcome } from "../outcome.ts";
import type { PossessionContext } from "../possession/require-possession.ts";
import { judgeConfirmation, judgeRevocation, judgeScope } from "./claim-findings.ts";
import { decide, decidingCheck, toVerdict } from "./explained-verdict.ts";
import { checkSchema, judgeAnswer } from "./outcome-findings.ts";
import { toCheck } from "./token-checks.ts";
import type { TokenExplanation } from "./token-explanation.ts";

/** How tokens are introspected. */
export interface ExplainIntrospectedOptions {
  /** Asks about a token, or knows what was said of it lately; with the feed of revocations and the schema. */
  readonly verify: (token: string) => Promise<Outcome>;
  readonly scope?: readonly string[] | undefined;
  readonly possession: PossessionContext;
  readonly clock: Pick<Clock, "now">;
  readonly toleranceSeconds: number;

  /** The issuer's clock less this one, in seconds, as far as it is known. */
  readonly issuerOffsetSeconds?: number | undefined;
  readonly followsRevocations: boolean;

  /** Whether a schema reads the further claims. */
  readonly hasSchema: boolean;
}

/** Explains what becomes of a token that comes alone; never rejects where `verify` does not. */
export async function explainIntrospected(
  token: string,
  options: ExplainIntrospectedOptions,
): Promise<TokenExplanation> {
  const { verify, clock, possession, toleranceSeconds, issuerOffsetSeconds } = options;
  const outcome = await verify(token);
  const now = clock.now();
  const decider = outcome.kind === "ok" ? undefined : stepOf(outcome.detail.code);
  const claims = outcome.kind === "ok" ? outcome.principal.claims : undefined;
  const checks = [
    toCheck(
      "introspection",
      decider === undefined || decider === "introspection"
        ? judgeAnswer(outcome)
        : { ...judgeAnswer(undefined), status: "passed", actual: "active" },
    ),
    toCheck(
      "revocation",
      judgeRevocation(options.followsRevocations, revocationOf(outcome, decider)),
    ),
    ...(options.hasSchema ? [toCheck("schema", checkSchema(schemaOf(outcome, decider)))] : []),
    toCheck("confirmation", judgeConfirmation(claims, possession.requireBoundTokens)),
    ...(options.scope ? [toCheck("scope", judgeScope(claims?.scope, options.scope))] : []),
  ];
  return {
    verdict: toVerdict(await decide(outcome, options)),
    decidedBy: decidingCheck(checks),
    isProven: decider !== "introspection",
    checks,
    clock: {
      now,
      toleranceSeconds,
      issuerOffsetSeconds,
      issuedAt: claims?.issuedAt,
      notBefore: claims?.notBefore,
      expiresAt: claims?.expiresAt,
      behindBySeconds: claims && Math.max(claims.issuedAt - now, 0),
    },
  };
}

type Step = "introspection" | "revocation" | "schema";

function stepOf(code: string): Step {
  return steps[code] ?? "introspection";
}

const steps: Readonly<Record<string, Step | undefined>> = {
  revoked: "revocation",
  revocations_unavailable: "revocation",
  claims_schema: "schema",
  claims_schema_failed: "schema",
};

/** The feed is asked after the issuer, and before the schema. */
function revocationOf(
  { kind }: Outcome,
  decider: Step | undefined,
): "not_revoked" | "revoked" | "unavailable" | undefined {
  if (decider === "introspection") return undefined;
  if (decider !== "revocation") return "not_revoked";
  return kind === "rejected" ? "revoked" : "unavailable";
}

function schemaOf(
  { kind }: Outcome,
  decider: Step | undefined,
): { readonly kind: "accepted" | "refused" | "failed" } | undefined {
  if (decider === undefined) return { kind: "accepted" };
  if (decider !== "schema") return undefined;
  return { kind: kind === "rejected" ? "refused" : "failed" };
}
