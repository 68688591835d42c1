import type { MaybePromise } from "@credicorp/oauth-core";
import { AbortedError } from "@credicorp/oauth-core";
import type { TokenReport } from "@credicorp/oauth-core/token-cache";
import { createFetchTransport, random, sleep, systemClock } from "@credicorp/oauth-runtime";

import { createSecretAuthentication } from "./authentication/secret-authentication.ts";
import { createDiscovery } from "./endpoints/discovery.ts";
import { createEndpointCall } from "./endpoints/endpoint-call.ts";
import { withMtlsAliases } from "./endpoints/mtls-aliases.ts";
import type { ServerCalls } from "./endpoints/server-calls.ts";
import { createTokenAcquisition } from "./endpoints/token-acquisition.ts";
import type { TokenManagement } from "./endpoints/token-management.ts";
import type { EventPublisher } from "./events/event-publisher.ts";
import type { OAuthClientOptions } from "./options/client-options.ts";
import type { ClientSettings } from "./options/client-settings.ts";
import { refuseUnknownCallOptions } from "./options/known-options.ts";
import { createPlatformFetch } from "./platform/platform-fetch.ts";
import type { ClientView } from "./requests/client-view.ts";
import { createRequestAuthorization } from "./requests/request-authorization.ts";
import type { ViewSettings } from "./requests/view-settings.ts";
import type { createProvenAuthorization } from "./requests/request-proof.ts";
import { createTokenView } from "./requests/token-view.ts";
import type { createTokenSharing } from "./sharing/token-sharing.ts";
import type { createClientTelemetry } from "./telemetry/client-telemetry.ts";
import { createPromiseSharing } from "./tokens/promise-sharing.ts";
import type { ClientExplanation } from "./tokens/token-source.ts";
import { createTokenSource } from "./tokens/token-source.ts";
import { createTokenSources } from "./tokens/token-sources.ts";
import type { RequestToken, TokenSupply } from "./tokens/token-supply.ts";
import { createOwnSupply } from "./tokens/token-supply.ts";
import type { TokenTarget } from "./tokens/token-target.ts";
import type { createQuietClosing, createValueSharing } from "./tokens/value-sharing.ts";
import { createClosing } from "./waiting/closing.ts";
import { settleWithin } from "./waiting/settle-within.ts";

const closedMessage = "The client was closed";

/** A client at work. */
export interface ClientEngine extends ServerCalls {
  readonly createView: (settings: ViewSettings) => ClientView;
  readonly explain: () => readonly ClientExplanation[];
  readonly close: () => void;
}

/** What a client was made of. */
export interface ClientEngineOptions {
  readonly options: OAuthClientOptions;
  readonly settings: ClientSettings;

  /** What the client's own tokens are asked for. */
  readonly own: ViewSettings;
  readonly events: EventPublisher;

  /** What only some clients have, and is loaded for those. */
  readonly extras: ClientExtras;
}

/** Parts that are loaded for clients whose options ask for them. */
export interface ClientExtras {
  readonly createClientTelemetry?: typeof createClientTelemetry | undefined;
  readonly createTokenSharing?: typeof createTokenSharing | undefined;

  /** For runtimes where callers share no promise. */
  readonly createValueSharing?: typeof createValueSharing | undefined;
  readonly createQuietClosing?: typeof createQuietClosing | undefined;

  /** For clients whose tokens are bound to a key. */
  readonly createProvenAuthorization?: typeof createProvenAuthorization | undefined;

  /** Gives the secret that entries of a store are encrypted with. */
  readonly getStoreSecret?: (() => MaybePromise<string>) | undefined;
}

/** Puts a client to work. Nothing is sent until it is asked for something. */
export function createClientEngine({
  options,
  settings,
  own,
  events,
  extras,
}: ClientEngineOptions): ClientEngine {
  const { issuer, clientId, requestTimeoutMs } = settings;
  const ports = { clock: systemClock, sleep, random, ...options.ports };
  const { clock } = ports;
  const { createTokenSharing, createValueSharing, createProvenAuthorization, getStoreSecret } =
    extras;
  const sharesPromises = createValueSharing === undefined;
  const closing = (extras.createQuietClosing ?? createClosing)();
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
    closing: closing.signal,
  };
  const client = { issuer, clientId, clock, random: ports.random };
  const callEndpoint = createEndpointCall({ authentication, client }, endpointPorts);
  const discover = createDiscovery({ ...settings, sharesPromises }, endpointPorts);
  const { dpop } = options;
  const endpoints = { discover: connection ? withMtlsAliases(discover) : discover, callEndpoint };
  const obtain = createTokenAcquisition({ ...endpoints, clock, dpop });
  // Most clients never ask: it is loaded by the first that does. Each call imports for itself, and shares no promise.
  const loadManagement = async (): Promise<TokenManagement> => {
    const { createTokenManagement } = await import("./endpoints/token-management.ts");
    return createTokenManagement({ ...endpoints, sleep });
  };
  const telemetry = extras.createClientTelemetry?.(options.telemetry ?? {}, {
    issuer,
    clock,
    onFailure: (observer, error) =>
      void events.observerFailed({ observer, event: undefined }, error),
  });
  const report = (told: TokenReport): void => {
    events.publish(told);
    telemetry?.count(told);
  };
  const share =
    options.store &&
    getStoreSecret &&
    createTokenSharing?.({
      store: options.store,
      getSecret: getStoreSecret,
      client: { issuer, clientId, authenticationMethod: authentication.method },
      getThumbprint: dpop?.thumbprint,
      getCredentialVersion: authentication.credentialVersion,
      requestTimeoutMs,
      ports,
      sleep,
      sharesPromises,
      report,
    });

  function supplyFor(target: TokenTarget): TokenSupply {
    const request: RequestToken = (signal) => obtain(target, signal);
    const measured = telemetry?.measure(request) ?? request;
    return share?.(target, measured) ?? createOwnSupply(measured);
  }

  const sources = createTokenSources({
    ownTarget: own.target,
    create: (target) =>
      createTokenSource({
        ...ports,
        target,
        supply: supplyFor(target),
        hasNewCredential: async () => {
          const bound = { timeoutMs: requestTimeoutMs, sleep };
          return (await settleWithin(authentication.hasChanged(), bound)) ?? false;
        },
        report,
        share: createValueSharing ?? createPromiseSharing,
      }),
  });
  const unchallenged401 = options.unchallenged401 ?? "return";
  const authorization = createRequestAuthorization({ clock, unchallenged401 });
  const viewPorts = {
    ...settings,
    ...ports,
    fetch,
    sources,
    authorization:
      (dpop && createProvenAuthorization?.({ ...ports, sleep, authorization, proof: dpop })) ??
      authorization,
    scopeFor: options.scopeFor,
    idempotencyKeys: options.idempotencyKeys ?? false,
    refuseWhenClosed,
  };

  function refuseWhenClosed(): void {
    if (closing.signal.aborted) throw new AbortedError(closedMessage);
  }

  return {
    createView: (view) => createTokenView(viewPorts, view),
    explain: () => sources.all().map(({ explain }) => explain()),
    introspect: async (token, callOptions) => {
      refuseWhenClosed();
      refuseUnknownCallOptions(callOptions);
      const { introspect } = await loadManagement();
      return introspect(token, callOptions?.signal);
    },
    revoke: async (token, callOptions) => {
      refuseWhenClosed();
      refuseUnknownCallOptions(callOptions);
      const { revoke } = await loadManagement();
      await revoke(token, callOptions?.signal);
      for (const source of sources.all()) source.drop(token, "revoked");
    },
    discover: async () => {
      refuseWhenClosed();
      const metadata = await discover();
      if (!metadata.ok) throw metadata.failure;
      return metadata.value;
    },
    close: () => {
      closing.close();
      for (const source of sources.all()) source.close(closedMessage);
      connection?.close();
    },
  };
}
