import type { MaybePromise } from "@credicorp/oauth-core";
import type {
  CheckRevocation,
  IntrospectionHealth,
  OkOutcome,
  Outcome,
} from "@credicorp/oauth-core/resource-server";
import {
  createIntrospector,
  createKeptIntrospections,
  introspectToken,
  introspectVerified,
  requireScope,
} from "@credicorp/oauth-core/resource-server";

import type { VerifierPorts } from "../verifier-options.ts";
import type { IntrospectionSourceOptions } from "./introspection-source.ts";
import { createIntrospectionSource } from "./introspection-source.ts";

/** Asks the issuer about tokens, where the options want it. */
export interface Introspection {
  /**
   * Verifies a token in the place of the issuer's keys; absent: the keys come first, and {@link Introspection.review} after
   * them.
   */
  readonly verify: ((token: string) => MaybePromise<Outcome>) | undefined;

  /** Asks about a token that has been verified, where it is to be used for a scope that wants it. */
  readonly review: (
    token: string,
    outcome: Outcome,
    requiredScope: readonly string[] | undefined,
  ) => MaybePromise<Outcome>;
  readonly health: () => IntrospectionHealth;
  readonly close: () => void;
}

/** Questions about different tokens that are open at once. */
const maxInFlight = 256;

/** Makes the introspection of one issuer. */
export function createIntrospection(
  options: IntrospectionSourceOptions & { readonly checkRevocation: CheckRevocation | undefined },
  ports: VerifierPorts,
): Introspection {
  const { introspection, policy, checkRevocation } = options;
  const { scopes, tokenFormat, maxAgeMs, maxRefusalAgeMs, maxCacheBytes } = introspection;
  const source = createIntrospectionSource(options, ports);
  const introspector = createIntrospector(source, { maxAgeMs, maxInFlight }, ports);
  const context = {
    policy,
    introspector,
    kept: createKeptIntrospections({ maxAgeMs, maxRefusalAgeMs, maxBytes: maxCacheBytes }),
    clock: ports.clock,
    bytes: ports.bytes,
    checkRevocation,
  };
  const isOpaque = tokenFormat === "any";

  const isWanted = ({ principal }: OkOutcome, requiredScope: readonly string[]): boolean => {
    if (isOpaque) return false;
    if (scopes === undefined) return true;
    // A route that does not say what it needs may make use of all that was granted.
    const used = requiredScope.length > 0 ? requiredScope : principal.scope;
    return used.some((token) => scopes.includes(token));
  };

  return {
    verify: isOpaque ? (token) => introspectToken(token, context) : undefined,
    review: (token, outcome, requiredScope = []) => {
      // What is refused anyway is not asked about.
      const settled = requireScope(outcome, requiredScope);
      return settled.kind === "ok" && isWanted(settled, requiredScope)
        ? introspectVerified(token, settled, context)
        : settled;
    },
    health: introspector.health,
    close: introspector.close,
  };
}
