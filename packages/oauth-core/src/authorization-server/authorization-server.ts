/**
 * The authorization server: requests as data in, answers as data out.
 *
 * @module
 */

import type { ServerRequest, ServerResponse } from "../http.ts";
import { formatHttpDate } from "../protocol/http-date.ts";
import { failureAnswer } from "./answers.ts";
import type { AuditDecision } from "./audit-event.ts";
import { createClientKeyImporter } from "./clients/client-keys.ts";
import type { AuthorizationServerConfiguration, ServerPolicy } from "./configuration.ts";
import { createDpopNonces } from "./dpop/dpop-nonces.ts";
import { createIdentifierSource } from "./identifiers.ts";
import { createKeyRing } from "./keys/key-ring.ts";
import type { KeyRevocation } from "./keys/revoke-key.ts";
import { revokeKey } from "./keys/revoke-key.ts";
import { resolveConfiguration } from "./resolve-configuration.ts";
import type { Answer } from "./router.ts";
import { answerUnknownPath, createRoutes } from "./router.ts";
import type { AuthorizationServerPorts, Exchange, ServerContext } from "./server-context.ts";
import { createRevocationIndex } from "./tokens/revocation-index.ts";

/** An authorization server. All its state is behind its ports. */
export interface AuthorizationServer {
  /** What it obeys, defaults filled in. */
  readonly policy: ServerPolicy;

  /** Answers a request; never rejects. */
  readonly handle: (request: ServerRequest) => Promise<ServerResponse>;

  /** Ends all tokens of a client that were issued until now, the rest of this second included. */
  readonly revokeClientTokens: (clientId: string) => Promise<void>;

  /**
   * Ends a signing key and all tokens that it ever signed, at once; a new key takes over where no other signs.
   *
   * Resolves to `undefined` for a key that is not there. Rejects when a store fails: ask again.
   */
  readonly revokeKey: (kid: string) => Promise<KeyRevocation | undefined>;
}

/** Makes a server. @throws {@link ConfigurationError} that names the first option that is wrong. */
export function createAuthorizationServer(
  configuration: AuthorizationServerConfiguration,
  ports: AuthorizationServerPorts,
): AuthorizationServer {
  const policy = resolveConfiguration(configuration);
  const context: ServerContext = {
    policy,
    ports,
    keyRing: createKeyRing(ports),
    importClientKey: createClientKeyImporter(ports.signatureEngine),
    revocations: createRevocationIndex(ports.revocationFeed, ports.clock),
    newIdentifier: createIdentifierSource(ports),
    dpopNonces:
      policy.dpop &&
      createDpopNonces(
        {
          secret: configuration.dpop?.nonceSecret,
          issuer: policy.issuer,
          stepSeconds: policy.dpop.nonceStepSeconds,
        },
        ports,
      ),
  };
  const routes = createRoutes(policy);

  const answer = async (exchange: Exchange): Promise<ServerResponse> => {
    try {
      const route = routes.get(exchange.path);
      const { response, event }: Answer =
        route === undefined ? answerUnknownPath() : await route(exchange, context);
      if (event !== undefined) report(event, exchange);
      return response;
    } catch (cause) {
      reportFailure(cause, exchange);
      return failureAnswer(exchange.requestId);
    }
  };
  const report = (decision: AuditDecision, exchange: Exchange): void => {
    ports.audit?.({
      ...decision,
      requestId: exchange.requestId,
      at: exchange.receivedAt,
      address: exchange.request.peer.address,
      path: routes.has(exchange.path) ? exchange.path : undefined,
    });
  };
  const reportCommand = (decision: AuditDecision, at: number): void => {
    ports.audit?.({ ...decision, requestId: context.newIdentifier(), at, address: "" });
  };
  const reportFailure = (cause: unknown, exchange: Exchange): void => {
    try {
      report({ type: "request_failed", cause }, exchange);
    } catch {
      // The listener itself fails: nobody is left to tell, and the caller still gets an answer.
    }
  };

  return {
    policy,
    handle: async (request) => {
      const [path = ""] = request.target.split("?", 1);
      const receivedAt = ports.clock.now();
      const exchange: Exchange = { request, path, receivedAt, requestId: context.newIdentifier() };
      return finish(await answer(exchange), exchange);
    },
    revokeClientTokens: async (clientId) => {
      const at = ports.clock.now();
      // Tokens name the second of their issue, so all of this second are meant.
      const notBefore = Math.floor(at) + 1;
      await ports.revocationFeed.append({ kind: "client", clientId, notBefore });
      reportCommand({ type: "client_tokens_revoked", clientId, notBefore }, at);
    },
    revokeKey: async (kid) => {
      const at = ports.clock.now();
      const retainMarginSeconds = policy.documentMaxAgeSeconds;
      const revoked = await revokeKey({ kid, retainMarginSeconds }, ports);
      if (revoked !== undefined) reportCommand({ type: "key_revoked", ...revoked }, at);
      return revoked;
    },
  };
}

/** Adds what every answer has; an answer to HEAD loses its body. */
function finish(response: ServerResponse, exchange: Exchange): ServerResponse {
  return {
    status: response.status,
    headers: [
      ...response.headers,
      ["Date", formatHttpDate(exchange.receivedAt)],
      ["X-Content-Type-Options", "nosniff"],
      ["X-Request-Id", exchange.requestId],
    ],
    body: exchange.request.method === "HEAD" ? "" : response.body,
  };
}
