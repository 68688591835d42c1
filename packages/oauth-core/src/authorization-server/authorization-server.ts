/**
 * The authorization server: requests as data in, answers as data out.
 *
 * @module
 */

import { createDpopNonces } from "../dpop/dpop-nonces.ts";
import { ConfigurationError } from "../errors.ts";
import type { ServerRequest, ServerResponse } from "../http.ts";
import { formatHttpDate } from "../protocol/http-date.ts";
import { StoreUnavailableError } from "../stores/store-unavailable.ts";
import { failureAnswer } from "./answers.ts";
import type { AuditDecision } from "./audit-event.ts";
import type { AuditTrail } from "./audit-trail.ts";
import { createAuditTrail } from "./audit-trail.ts";
import { createClientKeySets } from "./clients/client-key-sets.ts";
import { createClientKeyImporter } from "./clients/client-keys.ts";
import type { ClientSecretOperations } from "./clients/client-secret-operations.ts";
import { createClientSecretOperations } from "./clients/client-secret-operations.ts";
import type { AuthorizationServerConfiguration, ServerPolicy } from "./configuration.ts";
import type { AnswerClient } from "./endpoints/client-endpoint.ts";
import { answerClient } from "./endpoints/client-endpoint.ts";
import { refuse } from "./endpoints/form-endpoint.ts";
import { guardStores } from "./guard-stores.ts";
import { createIdentifierSource } from "./identifiers.ts";
import type { KeyOperations } from "./keys/key-operations.ts";
import { createKeyOperations } from "./keys/key-operations.ts";
import { createKeyRing } from "./keys/key-ring.ts";
import type { KeyRevocation } from "./keys/revoke-key.ts";
import { revokeKey } from "./keys/revoke-key.ts";
import { isMutualTlsMethod } from "./mutual-tls/mutual-tls-policy.ts";
import { resolveConfiguration } from "./resolve-configuration.ts";
import type { Answer, Route } from "./router.ts";
import { answerUnknownPath, createRoutes } from "./router.ts";
import type { AuthorizationServerPorts, Exchange, ServerContext } from "./server-context.ts";
import { storeUnavailable } from "./store-outage.ts";
import { createRevocationIndex } from "./tokens/revocation-index.ts";

/** An authorization server. All its state is behind its ports. */
export interface AuthorizationServer extends KeyOperations, ClientSecretOperations {
  /** What it obeys, defaults filled in. */
  readonly policy: ServerPolicy;

  /** Answers a request; never rejects. */
  readonly handle: (request: ServerRequest) => Promise<ServerResponse>;

  /**
   * Answers a request to an endpoint of the program around the server, once its client has been authenticated as it is
   * for introspection: by the same rules and budgets, with the same refusals. A GET shows its credentials in its header.
   */
  readonly handleForClient: (
    request: ServerRequest,
    answer: AnswerClient,
  ) => Promise<ServerResponse>;

  /** Where to hear of every decision of this server. */
  readonly audit: Pick<AuditTrail, "subscribe">;

  /**
   * Ends all tokens of a client that were issued until now, the rest of this second included.
   *
   * @throws StoreUnavailableError when the feed cannot be written: the tokens are still valid.
   */
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
  givenPorts: AuthorizationServerPorts,
): AuthorizationServer {
  const policy = resolveConfiguration(configuration);
  if (!givenPorts.certificateReader && policy.clientAuthenticationMethods.some(isMutualTlsMethod)) {
    throw new ConfigurationError(
      "clientAuthenticationMethods",
      "clientAuthenticationMethods with mutual TLS need the port certificateReader: give it, or name the other methods",
    );
  }
  const ports = guardStores(givenPorts, policy.storeTimeoutMs);
  const audit = createAuditTrail(ports.onAuditFailure);
  if (ports.audit !== undefined) audit.subscribe(ports.audit);
  const { random, requestRandom = random, bytes } = ports;
  const newTokenId = createIdentifierSource({ random, bytes });
  const newRequestId =
    requestRandom === random
      ? newTokenId
      : createIdentifierSource({ random: requestRandom, bytes });

  /** Reports what answers no request. */
  const reportAside = (decision: AuditDecision): void => {
    const [requestId, at] = [newRequestId(), ports.clock.now()];
    audit.report({ ...decision, requestId, at, address: "" });
  };
  const context = createContext(
    { policy, ports, reportAside, newTokenId },
    configuration.dpop?.nonceSecret,
  );
  const routes = createRoutes(policy);

  const decide = async (exchange: Exchange, route: Route): Promise<Answer> => {
    try {
      return await route(exchange, context);
    } catch (cause) {
      if (cause instanceof StoreUnavailableError) return refuse(storeUnavailable(cause), context);
      return {
        response: failureAnswer(exchange.requestId, policy),
        event: { type: "request_failed", cause },
      };
    }
  };
  const report = (decision: AuditDecision, exchange: Exchange): void => {
    if (!audit.hasSubscribers()) return;
    // The spread comes last: V8 is many times slower where members follow it.
    audit.report({
      requestId: exchange.requestId,
      at: exchange.receivedAt,
      address: exchange.request.peer.address,
      path: routes.has(exchange.path) ? exchange.path : undefined,
      ...decision,
    });
  };

  const findRoute = (path: string): Route => routes.get(path) ?? answerUnknownPath;
  const conduct = async (
    request: ServerRequest,
    routeOf: (path: string) => Route,
  ): Promise<ServerResponse> => {
    const [path = ""] = request.target.split("?", 1);
    const receivedAt = ports.clock.now();
    const exchange: Exchange = { request, path, receivedAt, requestId: newRequestId() };
    const { response, event } = await decide(exchange, routeOf(path));
    if (event !== undefined) report(event, exchange);
    return finish(response, exchange);
  };

  return {
    ...createKeyOperations(context, reportAside),
    ...createClientSecretOperations(context, reportAside),
    policy,
    handle: (request) => conduct(request, findRoute),
    handleForClient: (request, answer) =>
      conduct(request, () => (exchange) => answerClient({ exchange, answer }, context)),
    audit: { subscribe: audit.subscribe },
    revokeClientTokens: async (clientId) => {
      // Tokens name the second of their issue, so all of this second are meant.
      const notBefore = Math.floor(ports.clock.now()) + 1;
      await ports.revocationFeed.append({ kind: "client", clientId, notBefore });
      reportAside({ type: "client_tokens_revoked", clientId, notBefore });
    },
    revokeKey: async (kid) => {
      const retainMarginSeconds = policy.keyRotation.announceSeconds;
      const revoked = await revokeKey({ kid, retainMarginSeconds }, ports);
      if (revoked !== undefined) reportAside({ type: "key_revoked", ...revoked });
      return revoked;
    },
  };
}

function createContext(
  given: Pick<ServerContext, "policy" | "ports" | "reportAside" | "newTokenId">,
  nonceSecret: string | undefined,
): ServerContext {
  const { policy, ports } = given;
  const { clientKeySets, dpop, issuer } = policy;
  return {
    ...given,
    keyRing: createKeyRing(ports),
    importClientKey: createClientKeyImporter(ports.signatureEngine),
    clientKeySets: clientKeySets && createClientKeySets(clientKeySets, ports),
    revocations: createRevocationIndex(ports.revocationFeed, ports.clock),
    dpopNonces:
      dpop &&
      createDpopNonces({ secret: nonceSecret, issuer, stepSeconds: dpop.nonceStepSeconds }, ports),
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
