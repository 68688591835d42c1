import type { AnyOAuthError, Clock, MaybePromise, Random, Result } from "@credicorp/oauth-core";
import { failed, isOAuthError, ok } from "@credicorp/oauth-core";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";

import type {
  ApiRequest,
  Fetch,
  OAuthClientOptions,
  TokenOptions,
} from "../options/client-options.ts";
import { readMilliseconds } from "../options/client-settings.ts";
import { refuseUnknownTokenOptions } from "../options/known-options.ts";
import type { TokenSource } from "../tokens/token-source.ts";
import type { TokenSources } from "../tokens/token-sources.ts";
import type { Patience } from "../waiting/waiting-callers.ts";
import type { ApiAddress } from "./api-call.ts";
import { resolveUrl } from "./api-call.ts";
import { createAuthorizedFetch } from "./authorized-fetch.ts";
import type { ApiAddressee, ClientView } from "./client-view.ts";
import type { AuthorizedAttempt, RequestAuthorization } from "./request-authorization.ts";
import type { ViewSettings } from "./view-settings.ts";
import { narrow, narrowView } from "./view-settings.ts";

/** What the views of one client share. */
export interface TokenViewPorts extends ApiAddress {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly random: Random;
  readonly sources: TokenSources;
  readonly authorization: RequestAuthorization;
  readonly scopeFor: OAuthClientOptions["scopeFor"];
  readonly idempotencyKeys: boolean;

  /** @throws {@link AbortedError} when the client is closed. */
  readonly refuseWhenClosed: () => void;
}

/** Makes a view on the tokens of a client. */
export function createTokenView(ports: TokenViewPorts, own: ViewSettings): ClientView {
  const { sources, authorization, scopeFor, refuseWhenClosed } = ports;
  const { target: ownTarget } = own;

  function sourceFor({ scope, resource }: TokenOptions, request?: ApiRequest): TokenSource {
    const chosen =
      scope ?? (own.hasOwnScope || request === undefined ? undefined : scopeFor?.(request));
    if (chosen === undefined && resource === undefined) return sources.get(ownTarget);
    const options = { ...(chosen && { scope: chosen }), ...(resource && { resource }) };
    return sources.get(narrow(own, options).target);
  }

  async function obtain(options: TokenOptions): Promise<AccessToken> {
    refuseWhenClosed();
    refuseUnknownTokenOptions(options);
    const source = sourceFor(options);
    const patience = patienceOf(options);
    return source.peek() ?? source.get(patience);
  }

  function patienceOf({ maxWaitMs, signal, waitUntil = own.waitUntil }: TokenOptions): Patience {
    return {
      maxWaitMs: maxWaitMs === undefined ? own.maxWaitMs : readMilliseconds("maxWaitMs", maxWaitMs),
      signal,
      waitUntil,
    };
  }

  function peekToken(): AccessToken | undefined {
    return sources.get(ownTarget).peek();
  }

  function getToken(options?: TokenOptions): Promise<AccessToken> {
    // The usual call costs no more than reading the token and the clocks.
    const token = options === undefined ? peekToken() : undefined;
    return token === undefined ? obtain(options ?? {}) : Promise.resolve(token);
  }

  function authorize(
    { method, url: address }: ApiAddressee,
    options: TokenOptions = {},
  ): MaybePromise<AuthorizedAttempt> {
    refuseUnknownTokenOptions(options);
    const url = resolveUrl(address, ports);
    refuseWhenClosed();
    const request = { method, url };
    const source = sourceFor(options, request);
    return authorization({ request, source, patience: patienceOf(options) });
  }

  return {
    fetch: createAuthorizedFetch({
      ...ports,
      authorize: (call) => authorize(call, call.signal && { signal: call.signal }),
    }),
    getToken,
    tryGetToken: async (options) => toResult(getToken(options)),
    peekToken,
    authorize,
    authorizationHeaders: async (request, options) => (await authorize(request, options)).headers,
    with: (options) => createTokenView(ports, narrowView(own, options)),
  };
}

async function toResult<Value>(work: Promise<Value>): Promise<Result<Value, AnyOAuthError>> {
  try {
    return ok(await work);
  } catch (error) {
    if (isOAuthError(error)) return failed(error);
    throw error;
  }
}
