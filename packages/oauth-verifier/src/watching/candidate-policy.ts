import { ConfigurationError, isOAuthError } from "@credicorp/oauth-core";
import type { AccessTokenPolicy } from "@credicorp/oauth-core/jwt";
import { isScopeToken } from "@credicorp/oauth-core/protocol";
import type { CandidatePolicy } from "@credicorp/oauth-core/resource-server";

import type { VerifierOptions } from "../verifier-options.ts";
import { checkOptions } from "../verifier-options.ts";

/**
 * Makes the candidate of the option `reportOnly`; `undefined` without it.
 *
 * @throws {@link ConfigurationError} for the first member that is wrong
 */
export function checkCandidate(
  options: VerifierOptions,
  present: AccessTokenPolicy,
): CandidatePolicy | undefined {
  const { reportOnly } = options;
  if (reportOnly === undefined) return undefined;
  const given: unknown = reportOnly;
  if (typeof given !== "object" || given === null) throw invalid("", "must be an object");
  const { scope = [], onReport } = reportOnly;
  const { requireBoundTokens = false }: { readonly requireBoundTokens?: unknown } = reportOnly;
  if (
    !Array.isArray(scope) ||
    !scope.every((token) => typeof token === "string" && isScopeToken(token))
  ) {
    throw invalid(".scope", "must be a list of scope tokens");
  }
  if (typeof requireBoundTokens !== "boolean") {
    throw invalid(".requireBoundTokens", "must be a boolean");
  }
  if (onReport !== undefined && typeof onReport !== "function") {
    throw invalid(".onReport", "must be a function");
  }
  const policy = checkPolicy(options);
  if (!policy.algorithms.every((name) => present.algorithms.includes(name))) {
    throw invalid(".algorithms", "must list none but algorithms of the option algorithms");
  }
  return { policy, scope: [...scope], requireBoundTokens };
}

/** The rules are those of the verifier's own options. */
function checkPolicy(options: VerifierOptions): AccessTokenPolicy {
  const { reportOnly, ...present } = options;
  const { audience, algorithms, clockToleranceSeconds } = reportOnly ?? {};
  try {
    const { policy } = checkOptions({
      ...present,
      ...(audience !== undefined && { audience }),
      ...(algorithms !== undefined && { algorithms }),
      ...(clockToleranceSeconds !== undefined && { clockToleranceSeconds }),
    });
    return policy;
  } catch (error) {
    if (!isOAuthError(error) || error.kind !== "config") throw error;
    throw new ConfigurationError(`reportOnly.${error.option}`, `In reportOnly: ${error.message}`);
  }
}

function invalid(member: string, rule: string): ConfigurationError {
  const option = `reportOnly${member}`;
  return new ConfigurationError(option, `The verifier's option ${option} ${rule}`);
}
