import type { Clock } from "@credicorp/oauth-core";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";

import type { ApiAddress, ApiCall } from "./api-call.ts";
import { readApiCall } from "./api-call.ts";
import type { Fetch, OAuthClientOptions } from "../options/client-options.ts";
import { isTokenRejected } from "./rejected-token.ts";
import type { TokenSource } from "../tokens/token-source.ts";

/** What {@link createAuthorizedFetch} needs. */
export interface AuthorizedFetchOptions extends ApiAddress {
  readonly fetch: Fetch;

  /** The source of the client's own scope. */
  readonly source: () => TokenSource;
  readonly clock: Clock;
  readonly maxWaitMs: number;
  readonly unchallenged401: NonNullable<OAuthClientOptions["unchallenged401"]>;
}

/**
 * Makes a `fetch` that carries the access token.
 *
 * The token goes to the allowed origins and nowhere else, and without a token nothing is sent. Redirects are followed as
 * any `fetch` does, which drops the token when the origin changes.
 */
export function createAuthorizedFetch(options: AuthorizedFetchOptions): Fetch {
  const { fetch, clock, maxWaitMs, unchallenged401 } = options;

  async function getToken(source: TokenSource, { signal }: ApiCall): Promise<AccessToken> {
    try {
      return await source.get({ maxWaitMs, signal });
    } catch (error) {
      // As a fetch does: whoever aborts gets their own reason.
      throw signal?.aborted ? signal.reason : error;
    }
  }

  /** Returns `undefined` when there is no token: the answer that made us ask says more to the caller than our error. */
  async function getNextToken(
    source: TokenSource,
    call: ApiCall,
    response: Response,
  ): Promise<AccessToken | undefined> {
    try {
      return await getToken(source, call);
    } catch (error) {
      if (!call.signal?.aborted) return undefined;
      discard(response);
      throw error;
    }
  }

  return async (input, init) => {
    const call = readApiCall(input, init, options);
    const source = options.source();
    const calledAtMs = clock.monotonicMs();
    const token = source.peek() ?? (await getToken(source, call));
    const response = await send(fetch, call, token);
    if (!isFromOrigin(response, call.url) || !isTokenRejected(response, unchallenged401)) {
      return response;
    }
    const isReplaceable = source.drop(token.value, "rejected");
    // A token that was made for this very call would only be rejected again.
    const isOlder = token.requestedAt.monotonicMs < calledAtMs;
    if (!isReplaceable || !isOlder || !call.canReplay) return response;
    const next = source.peek() ?? (await getNextToken(source, call, response));
    if (next === undefined) return response;
    discard(response);
    return send(fetch, call, next);
  };
}

/** Frees the connection of an answer that nobody will read; that this may fail is of no interest to anybody. */
function discard({ body }: Response): void {
  body?.cancel().catch(() => undefined);
}

async function send(
  fetch: Fetch,
  call: ApiCall,
  { authorization }: AccessToken,
): Promise<Response> {
  const headers = new Headers(call.headers);
  headers.set("authorization", authorization);
  return fetch(call.url, { ...call.init, ...(call.signal && { signal: call.signal }), headers });
}

/** After a redirect elsewhere, the answer says nothing about our token. */
function isFromOrigin(response: Response, url: string): boolean {
  return !response.redirected || new URL(response.url).origin === new URL(url).origin;
}
