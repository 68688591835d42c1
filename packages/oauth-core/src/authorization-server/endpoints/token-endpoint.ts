import type { ReceivedTokenRequest } from "../../protocol/token-request.ts";
import { parseTokenRequest } from "../../protocol/token-request.ts";
import { formatTokenResponse } from "../../protocol/token-response.ts";
import type { Result } from "../../result.ts";
import { failed, ok } from "../../result.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import { commitClientAssertion } from "../clients/commit-client-assertion.ts";
import { commitProof } from "../dpop/commit-proof.ts";
import { provePossession } from "../dpop/prove-possession.ts";
import type { Refusal } from "../refusal.ts";
import type { ServerContext } from "../server-context.ts";
import { grantScope } from "../tokens/grant-scope.ts";
import { mintAccessToken } from "../tokens/mint-access-token.ts";
import { constrainToSender } from "../tokens/sender-constraint.ts";
import type { Caller, FormDecision, FormEndpoint } from "./form-endpoint.ts";

/** The only grant that this server knows. */
export const clientCredentialsGrant = "client_credentials";

/**
 * The token endpoint: grant type, scope and audience, proof of possession, its replay, and then a token.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 | RFC 6749 section 4.4}
 */
export const tokenEndpoint: FormEndpoint<ReceivedTokenRequest> = {
  budget: "token",
  parse: parseTokenRequest,
  publicClientRefusal: {
    status: 400,
    error: "unauthorized_client",
    description: "A public client may not use this grant",
    why: "client_public",
  },
  commitsAssertion: true,
  decide: issueToken,
};

async function issueToken(
  request: ReceivedTokenRequest,
  { client, exchange, assertion }: Caller,
  context: ServerContext,
): Promise<Result<FormDecision, Refusal>> {
  const grantRefusal = checkGrantType(request.grantType, client);
  if (grantRefusal !== undefined) return failed(grantRefusal);
  const grant = grantScope(request, client, context.policy);
  if (!grant.ok) return grant;
  const proven = await provePossession(exchange.request.headers, client, context);
  if (!proven.ok) return proven;
  const possession = proven.value;
  const sender = { jkt: possession?.proof.thumbprint, peer: exchange.request.peer };
  const constraint = await constrainToSender(sender, client, context);
  if (!constraint.ok) return constraint;
  const replay =
    (await commitClientAssertion({ assertion }, context)) ??
    (possession && (await commitProof(possession, context)));
  if (replay !== undefined) return failed(replay);

  const confirmation = constraint.value;
  const minted = await mintAccessToken(grant.value, { client, confirmation }, context);
  if (minted === undefined) return failed(signingKeyMissing);

  const { token, kid, claims } = minted;
  const { scope, audience, lifetimeSeconds } = grant.value;
  return ok({
    body: formatTokenResponse({
      accessToken: token,
      // A token that is bound to a certificate is presented like a bearer token (RFC 8705 section 3).
      tokenType: sender.jkt === undefined ? "Bearer" : "DPoP",
      expiresInSeconds: lifetimeSeconds,
      scope,
    }),
    event: {
      type: "token_issued",
      clientId: client.id,
      jti: claims.jti,
      kid,
      scope,
      audience,
      expiresAt: claims.expiresAt,
      jkt: sender.jkt,
      certificateThumbprint: confirmation?.["x5t#S256"],
    },
    headers: possession?.headers,
  });
}

function checkGrantType(grantType: string | undefined, client: ClientRecord): Refusal | undefined {
  if (grantType === undefined) {
    return {
      status: 400,
      error: "invalid_request",
      description: "The grant_type parameter is missing",
      why: "grant_type_missing",
    };
  }
  if (grantType !== clientCredentialsGrant) {
    return {
      status: 400,
      error: "unsupported_grant_type",
      description: `The grant_type is not supported; use ${clientCredentialsGrant}`,
      why: "grant_type_unknown",
    };
  }
  if (client.grantTypes.includes(grantType)) return undefined;
  return {
    status: 400,
    error: "unauthorized_client",
    description: "The client may not use this grant type",
    why: "grant_type_not_allowed",
  };
}

/** The refusal while no key of the wanted algorithm may sign. */
export const signingKeyMissing: Refusal = {
  status: 503,
  error: "temporarily_unavailable",
  description: "No key may sign at the moment",
  why: "signing_key_missing",
  headers: [["Retry-After", "5"]],
};
