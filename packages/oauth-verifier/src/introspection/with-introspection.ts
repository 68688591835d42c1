import type { MaybePromise } from "@credicorp/oauth-core";
import type { Outcome, RequestContext, TrustedIssuer } from "@credicorp/oauth-core/resource-server";

import type { Introspection } from "./introspection.ts";

/**
 * Completes the verification by keys with questions where they are wanted, or puts the word of an only issuer in its place.
 *
 * Of several issuers, a token's own one is asked.
 */
export function withIntrospection(
  issuers: readonly {
    readonly trusted: TrustedIssuer;
    readonly introspection: Introspection | undefined;
  }[],
  verifyByKeys: (token: string) => MaybePromise<Outcome>,
): RequestContext["verifyToken"] {
  const byIssuer = new Map<string, Introspection>();
  for (const { trusted, introspection } of issuers) {
    if (introspection?.verify !== undefined) return introspection.verify;
    if (introspection !== undefined) byIssuer.set(trusted.policy.issuer, introspection);
  }
  if (byIssuer.size === 0) return verifyByKeys;

  return (token, requiredScope = []) => {
    const outcome = verifyByKeys(token);
    const review = (settled: Outcome): MaybePromise<Outcome> => {
      if (settled.kind !== "ok") return settled;
      const introspection = byIssuer.get(settled.principal.claims.issuer);
      return introspection?.review(token, settled, requiredScope) ?? settled;
    };
    return outcome instanceof Promise ? outcome.then(review) : review(outcome);
  };
}
