import type { MaybePromise } from "@credicorp/oauth-core";
import type {
  CheckRevocation,
  IntrospectionHealth,
  IntrospectionReport,
  OkOutcome,
  Outcome,
  ReviewToken,
} from "@credicorp/oauth-core/resource-server";
import {
  createIntrospector,
  createKeptIntrospections,
  introspectToken,
  introspectVerified,
  requireScope,
} from "@credicorp/oauth-core/resource-server";

import { toIssuerError } from "../discovery/issuer-error.ts";
import type { VerifierPorts } from "../options/verifier-ports.ts";
import type { IntrospectionEndpointOptions } from "./introspection-endpoint.ts";
import { createIntrospectionEndpoint } from "./introspection-endpoint.ts";

/** Asks an issuer about tokens. */
export interface Introspection {
  /** Verifies a token by the issuer's word alone; absent: the keys come first, and `review` after them. */
  readonly verify: ((token: string) => MaybePromise<Outcome>) | undefined;

  /** Asks about a token that has been verified, where what the request needs wants it; `undefined` where it does not. */
  readonly review: ReviewToken;

  /** Whether a token or an answer is verified by the issuer's keys. */
  readonly needsKeys: boolean;

  /** Finds out where to ask. @throws an `OAuthError` when that cannot be had */
  readonly load: () => Promise<void>;
  readonly health: () => IntrospectionHealth;
  readonly close: () => void;
}

/** Questions about different tokens that are open at once. */
const maxInFlight = 256;

/** Makes the introspection of one issuer. */
export function createIntrospection(
  options: IntrospectionEndpointOptions & {
    readonly checkRevocation: CheckRevocation | undefined;
    readonly report: (report: IntrospectionReport) => void;
  },
  ports: VerifierPorts,
): Introspection {
  const { introspection, policy, checkRevocation, report } = options;
  const { scopes, tokenFormat, isSigned, maxAgeMs, maxRefusalAgeMs, maxCacheBytes } = introspection;
  const endpoint = createIntrospectionEndpoint(options, ports);
  const introspector = createIntrospector(endpoint.ask, { maxAgeMs, maxInFlight, report }, ports);
  const context = {
    policy,
    introspector,
    kept: createKeptIntrospections({ maxAgeMs, maxRefusalAgeMs, maxBytes: maxCacheBytes }),
    clock: ports.clock,
    bytes: ports.bytes,
    checkRevocation,
  };
  const replaceKeys = tokenFormat === "any";

  const isWanted = ({ principal }: OkOutcome, requiredScope: readonly string[]): boolean => {
    if (scopes === undefined) return true;
    // A route that does not say what it needs may make use of all that was granted.
    const used = requiredScope.length > 0 ? requiredScope : principal.scope;
    return used.some((name) => scopes.includes(name));
  };
  return {
    verify: replaceKeys ? (token) => introspectToken(token, context) : undefined,
    review: (token, outcome, requiredScope) =>
      // What is refused anyway is not asked about: for its scope in its turn, after the proof of possession.
      requireScope(outcome, requiredScope).kind === "ok" && isWanted(outcome, requiredScope)
        ? introspectVerified(token, outcome, context)
        : undefined,
    needsKeys: !replaceKeys || isSigned,
    load: async () => {
      const found = await endpoint.find(new AbortController().signal);
      if (!found.ok)
        throw toIssuerError("The introspection endpoint's address", found.failure.code);
    },
    health: introspector.health,
    close: introspector.close,
  };
}
