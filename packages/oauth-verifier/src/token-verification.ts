import { createRememberedHeaders, createRememberedScopes } from "@credicorp/oauth-core/jwt";
import type {
  FindIssuer,
  RequestContext,
  TokenContext,
  TrustedIssuer,
} from "@credicorp/oauth-core/resource-server";
import {
  createSharedChecks,
  createVerifiedTokens,
  trustEach,
  trustOnly,
  verifyToken,
} from "@credicorp/oauth-core/resource-server";

import type { FollowedIssuer } from "./issuer/followed-issuer.ts";
import { withIntrospection } from "./introspection/with-introspection.ts";
import type { CheckedOptions } from "./checked-options.ts";
import type { VerifierPorts } from "./options/verifier-ports.ts";

/** The verification of tokens, whoever sent them. */
export interface TokenVerification {
  readonly tokens: TokenContext;
  readonly verify: RequestContext["verifyToken"];

  /** Has the engine answer at once where it can, however many wait. */
  readonly verifyAtOnce: RequestContext["verifyToken"];

  /** Knows the tokens that are kept: they are compact, so that all their characters may be in a field. */
  readonly isKnownToken: RequestContext["isKnownToken"];
}

/** Sets the verification up; what is remembered and kept is the same for both ways. */
export function createTokenVerification(
  issuers: readonly FollowedIssuer[],
  options: Pick<CheckedOptions, "limits" | "maxCacheBytes" | "checkExtensions"> & {
    readonly ports: VerifierPorts;
  },
): TokenVerification {
  const { limits, maxCacheBytes, checkExtensions, ports } = options;
  const tokens: TokenContext = {
    findIssuer: findIssuerAmong(issuers.map(({ trusted }) => trusted)),
    bytes: ports.bytes,
    clock: ports.clock,
    signatureEngine: ports.signatureEngine,
    limits,
    checkExtensions,
    verifiedTokens:
      maxCacheBytes > 0 ? createVerifiedTokens({ maxBytes: maxCacheBytes }) : undefined,
    sharedChecks: createSharedChecks(),
    rememberedHeaders: createRememberedHeaders(),
    rememberedScopes: createRememberedScopes(),
    mayWait: true,
  };
  const { verifiedTokens } = tokens;
  const verifyWith = (context: TokenContext): RequestContext["verifyToken"] =>
    withIntrospection(issuers, { verify: (token) => verifyToken(token, context), checkExtensions });
  return {
    tokens,
    verify: verifyWith(tokens),
    // Who cannot wait shares no signature check that others wait for.
    verifyAtOnce: verifyWith({ ...tokens, mayWait: false, sharedChecks: undefined }),
    // With padding a token may have an equals sign in its midst, which no field may.
    isKnownToken:
      verifiedTokens === undefined || limits.acceptPadding === true
        ? undefined
        : (token) => verifiedTokens.find(token) !== undefined,
  };
}

/** With one issuer, a token of another is refused by its rules, as any other that is wrong. */
function findIssuerAmong(issuers: readonly TrustedIssuer[]): FindIssuer {
  const [only, ...others] = issuers;
  return only !== undefined && others.length === 0 ? trustOnly(only) : trustEach(issuers);
}
