import type { JwsLimits } from "@credicorp/oauth-core/jwt";
import { isScopeToken } from "@credicorp/oauth-core/protocol";
import type { CandidatePolicy } from "@credicorp/oauth-core/resource-server";

import { invalidOption } from "../options/check-option.ts";
import type { IssuerOptions } from "../options/issuer-options.ts";
import { checkIssuerOptions } from "../options/issuer-options.ts";
import type { ReportOnlyOptions } from "../options/report-only-options.ts";

/** The option `reportOnly`, checked. */
export interface CheckedReportOnly {
  /** Absent without the option. */
  readonly candidate?: CandidatePolicy | undefined;
  readonly onReport?: ReportOnlyOptions["onReport"];
}

/** Checks the option at run time too. @throws {@link ConfigurationError} for the first member that is wrong */
export function checkReportOnly(
  options: IssuerOptions,
  context: {
    readonly limits: JwsLimits;
    readonly at: string;

    /** Whether tokens are introspected in place of being verified: of those, none is judged. */
    readonly hasNoKeys: boolean;

    /** Whether such tokens are required now. */
    readonly requireBoundTokens: boolean;
  },
): CheckedReportOnly {
  const { reportOnly } = options;
  if (reportOnly === undefined) return {};
  const at = `${context.at}reportOnly`;
  const given: unknown = reportOnly;
  if (typeof given !== "object" || given === null) throw invalidOption(at, "must be an object");
  if (context.hasNoKeys) {
    throw invalidOption(
      at,
      "needs tokens that are verified by keys: introspection.tokenFormat jwt",
    );
  }
  const { scope = [], onReport } = reportOnly;
  if (
    !Array.isArray(scope) ||
    !scope.every((token) => typeof token === "string" && isScopeToken(token))
  ) {
    throw invalidOption(`${at}.scope`, "must be a list of scope tokens");
  }
  const requiresBoundTokensNow = context.requireBoundTokens;
  const { requireBoundTokens = requiresBoundTokensNow }: { readonly requireBoundTokens?: unknown } =
    reportOnly;
  if (typeof requireBoundTokens !== "boolean") {
    throw invalidOption(`${at}.requireBoundTokens`, "must be a boolean");
  }
  if (onReport !== undefined && typeof onReport !== "function") {
    throw invalidOption(`${at}.onReport`, "must be a function");
  }
  const { audience, algorithms, clockToleranceSeconds } = reportOnly;
  const changed = {
    ...options,
    ...(audience !== undefined && { audience }),
    ...(algorithms !== undefined && { algorithms }),
    ...(clockToleranceSeconds !== undefined && { clockToleranceSeconds }),
  };
  const { limits } = context;
  const { policy } = checkIssuerOptions(changed, { limits, at: `${at}.` });
  const present = checkIssuerOptions(options, { limits, at: context.at }).policy;
  if (!policy.algorithms.every((name) => present.algorithms.includes(name))) {
    throw invalidOption(`${at}.algorithms`, "must list none but those of the option algorithms");
  }
  const candidate = { policy, scope: [...scope], requireBoundTokens, requiresBoundTokensNow };
  return { candidate, onReport };
}
