/**
 * What verification decides in the end, as an explanation shows it.
 *
 * @module
 */

import type { Outcome } from "../outcome.ts";
import { requireScope } from "../outcome.ts";
import type { PossessionContext } from "../possession/require-possession.ts";
import { requirePossession } from "../possession/require-possession.ts";
import type { ExplainedVerdict, TokenCheck, TokenCheckName } from "./token-explanation.ts";

/** Goes on as verification does with a token that comes alone. */
export async function decide(
  outcome: Outcome,
  {
    possession,
    scope = [],
  }: {
    readonly possession: PossessionContext;
    readonly scope?: readonly string[] | undefined;
  },
): Promise<Outcome> {
  return requireScope(await requirePossession(outcome, undefined, possession), scope);
}

/** Returns the check that an explanation names as the one that decided. */
export function decidingCheck(checks: readonly TokenCheck[]): TokenCheckName | undefined {
  return checks.find(({ status }) => status === "failed" || status === "unknown")?.name;
}

/** Says of an outcome what an explanation may. */
export function toVerdict(outcome: Outcome): ExplainedVerdict {
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
