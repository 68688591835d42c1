import type {
  ExplainOptions,
  PossessionContext,
  RequestContext,
  TokenContext,
  TokenExplanation,
  TrustedIssuer,
} from "@credicorp/oauth-core/resource-server";
import { explainIntrospected, explainToken } from "@credicorp/oauth-core/resource-server";

import type { FollowedIssuer } from "./issuer/followed-issuer.ts";
import type { ExportedKeys, KeySeal } from "./watching/exported-keys.ts";
import { sealKeys } from "./watching/exported-keys.ts";
import type { VerifierEvents } from "./watching/verifier-events.ts";

/** The doors of a verifier for those who run it; none of them is for callers. */
export interface VerifierDoors {
  /**
   * Says what `verifyToken` makes of a token and why, check by check, also after the first that fails; never rejects.
   *
   * It holds neither the token nor a part of it, and of its claims `iss`, `aud`, `scope` and the times alone. Still it is for
   * the server's own eyes: it would tell a forger how far he came. `formatExplanation` writes it for a terminal.
   */
  readonly explain: (
    token: string,
    requirement?: { readonly scope?: readonly string[] | undefined },
  ) => Promise<TokenExplanation>;

  /** Hears of keys, clocks, revocations, introspection and the policy that is tried out. */
  readonly subscribe: VerifierEvents["subscribe"];

  /**
   * Returns the keys that are served now, for the option `initialKeys` of a later process; `undefined` when there are none.
   *
   * @throws {@link ConfigurationError} for a secret that is too short
   */
  readonly exportKeys: (seal: KeySeal) => Promise<ExportedKeys | undefined>;
}

/** Makes the doors. */
export function createDoors(
  issuers: readonly FollowedIssuer[],
  context: {
    readonly tokens: TokenContext;
    readonly verifyToken: RequestContext["verifyToken"];
    readonly possession: PossessionContext;
    readonly events: VerifierEvents;
  },
): VerifierDoors {
  const { tokens, possession, events, verifyToken } = context;
  const find = (wanted: TrustedIssuer): FollowedIssuer | undefined =>
    issuers.find(({ trusted }) => trusted === wanted);
  const introspected = issuers.find(({ introspection }) => introspection?.verify !== undefined);
  const trusted = issuers.map((issuer) => issuer.trusted.policy.issuer);
  const describeIssuer: ExplainOptions["describeIssuer"] = (wanted) => {
    const found = find(wanted);
    if (found === undefined) return undefined;
    const { keySetHealth, issuerOffsetSeconds } = found;
    return { keySet: keySetHealth(), issuerOffsetSeconds: issuerOffsetSeconds() };
  };
  const explain = async (
    token: string,
    scope: readonly string[] | undefined,
  ): Promise<TokenExplanation> => {
    if (introspected === undefined) {
      const reviewerOf: ExplainOptions["reviewerOf"] = (wanted) =>
        find(wanted)?.introspection?.review;
      const options = { scope, possession, trusted, describeIssuer, reviewerOf };
      return explainToken(token, tokens, options);
    }
    const { policy, checkRevocation } = introspected.trusted;
    return explainIntrospected(token, {
      verify: async (text) => verifyToken(text, undefined),
      scope,
      possession,
      clock: tokens.clock,
      toleranceSeconds: policy.clockToleranceSeconds,
      issuerOffsetSeconds: introspected.issuerOffsetSeconds(),
      followsRevocations: checkRevocation !== undefined,
      hasSchema: tokens.checkExtensions !== undefined,
    });
  };
  return {
    explain: async (token: unknown, { scope } = {}) =>
      explain(typeof token === "string" ? token : "", scope),
    subscribe: events.subscribe,
    exportKeys: async (seal) => {
      const keySets = issuers.flatMap(({ exportKeys }) => exportKeys() ?? []);
      // Sealed even when there is nothing: a secret that is too short must not be found out one day.
      const exported = await sealKeys(keySets, seal, tokens.bytes);
      return keySets.length === 0 ? undefined : exported;
    },
  };
}
