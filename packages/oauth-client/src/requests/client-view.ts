import type { AnyOAuthError, MaybePromise, Result } from "@credicorp/oauth-core";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";

import type { ApiRequest, Fetch, TokenOptions, ViewOptions } from "../options/client-options.ts";
import type { AuthorizationHeaders, AuthorizedAttempt } from "./request-authorization.ts";

/** The ways to use a token: one kind of scope, resource and patience. All functions may be destructured. */
export interface ClientView {
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

  /** Returns what {@link ClientView.getToken} returns or throws, as a value. */
  readonly tryGetToken: (options?: TokenOptions) => Promise<Result<AccessToken, AnyOAuthError>>;

  /**
   * Returns the token at once if a fresh one is held. It starts nothing: `undefined` means that
   * {@link ClientView.getToken} has something to do.
   */
  readonly peekToken: () => AccessToken | undefined;

  /**
   * Authorises one request of an HTTP client of another kind, and judges its answer; at once while a fresh token is
   * held.
   *
   * @throws {@link OAuthError} when there is no token, or it may not go there.
   */
  readonly authorize: (
    request: ApiAddressee,
    options?: TokenOptions,
  ) => MaybePromise<AuthorizedAttempt>;

  /**
   * Returns the header fields that authorise a request, for HTTP clients of another kind.
   *
   * @throws {@link OAuthError} when there is no token, or it may not go there.
   */
  readonly authorizationHeaders: (
    request: ApiAddressee,
    options?: TokenOptions,
  ) => Promise<AuthorizationHeaders>;

  /**
   * Returns the same client with another scope, resource or patience; what is left out stays as it is. Its `fetch` is a
   * standard one, so that generated API clients can be given a scope each. Tokens are shared by all views.
   *
   * @throws {@link ConfigurationError} when an option is wrong.
   */
  readonly with: (options: ViewOptions) => ClientView;
}

/** A request of another HTTP client; a path is resolved against `baseUrl`. */
export interface ApiAddressee {
  readonly method: ApiRequest["method"];
  readonly url: string | URL;
}
