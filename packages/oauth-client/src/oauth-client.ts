import { AbortedError, ConfigurationError } from "@credicorp/oauth-core";
import type { IntrospectionResponse, ServerMetadata } from "@credicorp/oauth-core/protocol";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";
import { createFetchTransport, random, sleep, systemClock } from "@credicorp/oauth-runtime";

import { resolveUrl } from "./requests/api-call.ts";
import { createAuthorizedFetch } from "./requests/authorized-fetch.ts";
import { isBrowser } from "./platform/browser.ts";
import type { Subscribe } from "./events/client-events.ts";
import { createClientEvents } from "./events/client-events.ts";
import type { Fetch, OAuthClientOptions, TokenOptions } from "./options/client-options.ts";
import { readScope, readSettings } from "./options/client-settings.ts";
import { createDiscovery } from "./endpoints/discovery.ts";
import { createEndpointCall } from "./endpoints/endpoint-call.ts";
import { createPlatformFetch } from "./platform/platform-fetch.ts";
import { createSecretAuthentication } from "./authentication/secret-authentication.ts";
import { settleWithin } from "./waiting/settle-within.ts";
import { shareSignal } from "./waiting/shared-signal.ts";
import { createTokenAcquisition } from "./endpoints/token-acquisition.ts";
import { createTokenManagement } from "./endpoints/token-management.ts";
import { createTokenSource } from "./tokens/token-source.ts";
import { createTokenSources } from "./tokens/token-sources.ts";

const closedMessage = "The client was closed";

/** Stops one request. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** A client of the partner API. All its functions may be destructured. */
export interface OAuthClient extends AsyncDisposable {
  /**
   * A standard `fetch` that carries the access token; a path is resolved against `baseUrl`.
   *
   * When the API answers 401 `invalid_token`, the call is repeated once with a new token, if its body can be; when
   * there is no new token, that answer is returned. On Node the answer is a `Response` of undici.
   *
   * @throws {@link OAuthError} when there is no token, or it may not go there: nothing was sent then.
   */
  readonly fetch: Fetch;

  /**
   * Returns a token that is valid now; a request is made only when none is held.
   *
   * @throws {@link OAuthError} when there is none in time.
   */
  readonly getToken: (options?: TokenOptions) => Promise<AccessToken>;

  /**
   * Returns the header fields that authorise a request, for HTTP clients of another kind.
   *
   * @throws {@link ConfigurationError} when the token may not go to that address.
   */
  readonly authorizationHeaders: (
    request: { readonly method: string; readonly url: string | URL },
    options?: TokenOptions,
  ) => Promise<{ readonly authorization: string }>;

  /** Asks the server what it knows of a token (RFC 7662). */
  readonly introspect: (token: string, options?: CallOptions) => Promise<IntrospectionResponse>;

  /** Revokes a token (RFC 7009), and forgets it if it is one of this client's. */
  readonly revoke: (token: string, options?: CallOptions) => Promise<void>;

  /** Returns the metadata of the authorization server, kept for an hour. */
  readonly discover: () => Promise<ServerMetadata>;

  /**
   * Calls a listener for every later event of a type, until the returned function is called.
   *
   * What a listener throws is an uncaught exception, which ends a Node process that does not handle it.
   */
  readonly on: Subscribe;

  /** Aborts what is in flight to the authorization server; later calls are refused. Calls of the API go on. */
  readonly close: () => Promise<void>;
}

/**
 * Creates a client of the partner API. Nothing is sent until the first call.
 *
 * @throws {@link ConfigurationError} when an option is wrong, and in a browser, where a secret is none.
 */
export function createOAuthClient(options: OAuthClientOptions): OAuthClient {
  refuseBrowser();
  const settings = readSettings(options);
  const { issuer, clientId, allowedOrigins, requestTimeoutMs, maxWaitMs } = settings;
  const ports = { clock: systemClock, sleep, random, ...options.ports };
  const { clock } = ports;
  const closing = new AbortController();
  const fetch = options.fetch ?? createPlatformFetch();
  const transport = options.transport ?? createFetchTransport(fetch);
  const authentication = createSecretAuthentication(options);
  // The platform's own sleep: a function that hangs does so in real time, whatever clock a test has given.
  const endpointPorts = {
    transport,
    clock,
    sleep,
    requestTimeoutMs,
    closing: shareSignal(closing.signal),
  };
  const callEndpoint = createEndpointCall(authentication, endpointPorts);
  const discover = createDiscovery(settings, endpointPorts);
  const obtain = createTokenAcquisition({ discover, callEndpoint, clock });
  const management = createTokenManagement({ discover, callEndpoint, sleep });
  const { subscribe, publish } = createClientEvents();
  const sources = createTokenSources({
    issuer,
    clientId,
    authenticationMethod: authentication.method,
    ownScope: settings.scope,
    create: (scope) =>
      createTokenSource({
        ...ports,
        obtain: (signal) => obtain(scope, signal),
        hasNewCredential: async () => {
          const bound = { timeoutMs: requestTimeoutMs, sleep };
          return (await settleWithin(authentication.hasChanged(), bound)) ?? false;
        },
        report: publish,
      }),
  });
  let isClosed = false;

  function refuseWhenClosed(): void {
    if (isClosed) throw new AbortedError(closedMessage);
  }

  async function getToken(tokenOptions?: TokenOptions): Promise<AccessToken> {
    refuseWhenClosed();
    const scope = tokenOptions?.scope;
    const source = scope === undefined ? sources.own : await sources.get(readScope(scope));
    return (
      source.peek() ??
      source.get({
        maxWaitMs: tokenOptions?.maxWaitMs ?? maxWaitMs,
        signal: tokenOptions?.signal,
      })
    );
  }

  async function close(): Promise<void> {
    isClosed = true;
    closing.abort();
    for (const source of sources.all()) source.close(closedMessage);
  }

  return {
    fetch: createAuthorizedFetch({
      fetch,
      clock,
      issuer,
      allowedOrigins,
      maxWaitMs,
      unchallenged401: options.unchallenged401 ?? "return",
      source: () => {
        refuseWhenClosed();
        return sources.own;
      },
    }),
    getToken,
    authorizationHeaders: async ({ url }, tokenOptions) => {
      resolveUrl(url, settings);
      const { authorization } = await getToken(tokenOptions);
      return { authorization };
    },
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
    on: subscribe,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function refuseBrowser(): void {
  if (!isBrowser(globalThis)) return;
  throw new ConfigurationError("clientSecret", "A client secret must not be used in a browser", {
    hint: "Whoever opens the page can read it. Call the partner API from your server.",
    reference: "RFC 6749 section 2.1",
  });
}
