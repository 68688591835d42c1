import type { MaybePromise } from "@credicorp/oauth-core";
import type {
  CheckExtensions,
  Outcome,
  RequestContext,
  TrustedIssuer,
} from "@credicorp/oauth-core/resource-server";
import { readExtensionsOf } from "@credicorp/oauth-core/resource-server";

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
  byKeys: {
    readonly verify: (token: string) => MaybePromise<Outcome>;

    /** What `verify` sees to, and an issuer does not. */
    readonly checkExtensions: CheckExtensions | undefined;
  },
): RequestContext["verifyToken"] {
  const { verify: verifyByKeys, checkExtensions } = byKeys;
  const byIssuer = new Map<string, Introspection>();
  for (const { trusted, introspection } of issuers) {
    if (introspection?.verify !== undefined) {
      return withExtensions(introspection.verify, checkExtensions);
    }
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

function withExtensions(
  verify: (token: string) => MaybePromise<Outcome>,
  check: CheckExtensions | undefined,
): RequestContext["verifyToken"] {
  if (check === undefined) return verify;
  return (token) => {
    const outcome = verify(token);
    return outcome instanceof Promise
      ? outcome.then((settled) => readExtensionsOf(settled, check))
      : readExtensionsOf(outcome, check);
  };
}
