/**
 * All of the client that no call needs before the first: it is loaded then.
 *
 * @module
 */

import { AbortedError } from "@credicorp/oauth-core";
import { createFetchTransport, random, sleep, systemClock } from "@credicorp/oauth-runtime";

import { createSecretAuthentication } from "./authentication/secret-authentication.ts";
import { createDiscovery } from "./endpoints/discovery.ts";
import { createEndpointCall } from "./endpoints/endpoint-call.ts";
import { withMtlsAliases } from "./endpoints/mtls-aliases.ts";
import type { ServerCalls } from "./endpoints/server-calls.ts";
import { createTokenAcquisition } from "./endpoints/token-acquisition.ts";
import { createTokenManagement } from "./endpoints/token-management.ts";
import type { ClientEventHub } from "./events/client-events.ts";
import type { OAuthClientOptions } from "./options/client-options.ts";
import type { ClientSettings } from "./options/client-settings.ts";
import { createPlatformFetch } from "./platform/platform-fetch.ts";
import type { ClientView } from "./requests/client-view.ts";
import { createRequestAuthorization } from "./requests/request-authorization.ts";
import type { ViewSettings } from "./requests/view-settings.ts";
import { createProvenAuthorization } from "./requests/request-proof.ts";
import { createTokenView } from "./requests/token-view.ts";
import { createTokenSource } from "./tokens/token-source.ts";
import { createTokenSources } from "./tokens/token-sources.ts";
import { settleWithin } from "./waiting/settle-within.ts";
import { shareSignal } from "./waiting/shared-signal.ts";

const closedMessage = "The client was closed";

/** A client at work. */
export interface ClientEngine extends ServerCalls {
  readonly createView: (settings: ViewSettings) => ClientView;
  readonly close: () => void;
}

/** What a client was made of. */
export interface ClientEngineOptions {
  readonly options: OAuthClientOptions;
  readonly settings: ClientSettings;

  /** What the client's own tokens are asked for. */
  readonly own: ViewSettings;
  readonly publish: ClientEventHub["publish"];
}

/** Puts a client to work. Nothing is sent until it is asked for something. */
export function createClientEngine({
  options,
  settings,
  own,
  publish,
}: ClientEngineOptions): ClientEngine {
  const { issuer, clientId, requestTimeoutMs } = settings;
  const ports = { clock: systemClock, sleep, random, ...options.ports };
  const { clock } = ports;
  const closing = new AbortController();
  const authentication = options.authentication ?? createSecretAuthentication(options);
  const { connection } = authentication;
  const fetch = connection?.fetch ?? options.fetch ?? createPlatformFetch();
  const transport = options.transport ?? createFetchTransport(fetch);
  // The platform's own sleep: a function that hangs does so in real time, whatever clock a test has given.
  const endpointPorts = {
    transport,
    clock,
    sleep,
    requestTimeoutMs,
    closing: shareSignal(closing.signal),
  };
  const client = { issuer, clientId, clock, random: ports.random };
  const callEndpoint = createEndpointCall({ authentication, client }, endpointPorts);
  const discover = createDiscovery(settings, endpointPorts);
  const { dpop } = options;
  const endpoints = { discover: connection ? withMtlsAliases(discover) : discover, callEndpoint };
  const obtain = createTokenAcquisition({ ...endpoints, clock, dpop });
  const management = createTokenManagement({ ...endpoints, sleep });
  const sources = createTokenSources({
    ownTarget: own.target,
    create: (target) =>
      createTokenSource({
        ...ports,
        obtain: (signal) => obtain(target, signal),
        hasNewCredential: async () => {
          const bound = { timeoutMs: requestTimeoutMs, sleep };
          return (await settleWithin(authentication.hasChanged(), bound)) ?? false;
        },
        report: publish,
      }),
  });
  const unchallenged401 = options.unchallenged401 ?? "return";
  const authorization = createRequestAuthorization({ clock, unchallenged401 });
  const viewPorts = {
    ...settings,
    ...ports,
    fetch,
    sources,
    authorization: dpop
      ? createProvenAuthorization({ ...ports, sleep, authorization, proof: dpop })
      : authorization,
    scopeFor: options.scopeFor,
    idempotencyKeys: options.idempotencyKeys ?? false,
    refuseWhenClosed,
  };

  function refuseWhenClosed(): void {
    if (closing.signal.aborted) throw new AbortedError(closedMessage);
  }

  return {
    createView: (view) => createTokenView(viewPorts, view),
    introspect: async (token, callOptions) => {
      refuseWhenClosed();
      return management.introspect(token, callOptions?.signal);
    },
    revoke: async (token, callOptions) => {
      refuseWhenClosed();
      await management.revoke(token, callOptions?.signal);
      for (const source of sources.all()) source.drop(token, "revoked");
    },
    discover: async () => {
      refuseWhenClosed();
      const metadata = await discover();
      if (!metadata.ok) throw metadata.failure;
      return metadata.value;
    },
    close: () => {
      closing.abort();
      for (const source of sources.all()) source.close(closedMessage);
      connection?.close();
    },
  };
}
