import type { AnyOAuthError, Clock, Result } from "@credicorp/oauth-core";
import { failed, ok, ProtocolError } from "@credicorp/oauth-core";
import type { TokenRequest, TokenType } from "@credicorp/oauth-core/protocol";
import { formatTokenRequest, parseTokenResponse } from "@credicorp/oauth-core/protocol";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";
import { buildAccessToken } from "@credicorp/oauth-core/token-cache";

import type { ProofOfPossession } from "../options/proof-of-possession.ts";
import type { Discovery } from "./discovery.ts";
import type { EndpointCall } from "./endpoint-call.ts";
import { buildProtocolError } from "./endpoint-call.ts";

/** Obtains one new token, with one request; never rejects. */
export type TokenAcquisition = (
  target: Pick<TokenRequest, "scope" | "resources">,
  signal: AbortSignal,
) => Promise<Result<AccessToken, AnyOAuthError>>;

const target = "The token endpoint";

/**
 * Makes the client-credentials grant.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 | RFC 6749 section 4.4}
 */
export function createTokenAcquisition(ports: {
  readonly discover: Discovery;
  readonly callEndpoint: EndpointCall;
  readonly clock: Clock;

  /** Binds the tokens to a key. */
  readonly dpop?: ProofOfPossession | undefined;
}): TokenAcquisition {
  const { discover, callEndpoint, clock, dpop } = ports;
  return async ({ scope = [], resources = [] }, signal) => {
    const metadata = await discover();
    if (!metadata.ok) return metadata;
    const requestedAt = { monotonicMs: clock.monotonicMs(), epochSeconds: clock.now() };
    const body = await callEndpoint({
      target,
      url: metadata.value.tokenEndpoint,
      supportedMethods: metadata.value.tokenEndpointAuthMethodsSupported,
      supportedAlgorithms: metadata.value.tokenEndpointAuthSigningAlgValuesSupported,
      possession: dpop && {
        proof: dpop,
        supportedAlgorithms: metadata.value.dpopSigningAlgValuesSupported,
      },
      format: (authentication) => formatTokenRequest({ scope, resources, authentication }),
      signal,
      keepsAnswer: true,
    });
    if (!body.ok) return body;
    const response = parseTokenResponse(body.value);
    if (!response.ok) return failed(buildProtocolError(response.failure, target));
    const expected = dpop === undefined ? "Bearer" : "DPoP";
    if (response.value.tokenType !== expected) return failed(buildTokenTypeError(expected));
    return ok(buildAccessToken(response.value, { requestedAt, requestedScope: scope }));
  };
}

/** A token that is not bound was never asked for: whoever could take the binding away could use it, too. */
function buildTokenTypeError(expected: TokenType): ProtocolError {
  return expected === "DPoP"
    ? new ProtocolError("token_type_downgraded", "The token is not bound to our DPoP key", {
        reference: "RFC 9449 section 5",
        hint: "Ask for this client to be given DPoP tokens; without the option dpop it takes Bearer tokens.",
      })
    : new ProtocolError(
        "token_type_unexpected",
        "The token is bound to a key that we do not have",
        { reference: "RFC 9449 section 5", hint: "Give the client the option dpop." },
      );
}
