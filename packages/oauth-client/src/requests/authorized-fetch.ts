import type { MaybePromise, Random } from "@credicorp/oauth-core";

import type { Fetch } from "../options/client-options.ts";
import type { ApiAddress, ApiCall } from "./api-call.ts";
import { readApiCall } from "./api-call.ts";
import { withIdempotencyKey } from "./idempotency.ts";
import type { AuthorizationHeaders, AuthorizedAttempt } from "./request-authorization.ts";

/** What {@link createAuthorizedFetch} needs. */
export interface AuthorizedFetchOptions extends ApiAddress {
  readonly fetch: Fetch;
  readonly random: Pick<Random, "bytes">;
  readonly idempotencyKeys: boolean;
  readonly authorize: (
    call: Pick<ApiCall, "method" | "url" | "signal">,
  ) => MaybePromise<AuthorizedAttempt>;
}

/**
 * Makes a `fetch` that carries the access token.
 *
 * The token goes to the allowed origins and nowhere else, and without a token nothing is sent. Redirects are followed as
 * any `fetch` does, which drops the token when the origin changes; with a proof they are returned.
 */
export function createAuthorizedFetch(options: AuthorizedFetchOptions): Fetch {
  const { fetch, authorize, random, idempotencyKeys } = options;

  async function getAttempt(call: ApiCall): Promise<AuthorizedAttempt> {
    try {
      return await authorize(call);
    } catch (error) {
      // As a fetch does: whoever aborts gets their own reason.
      throw call.signal?.aborted ? call.signal.reason : error;
    }
  }

  return async (input, init) => {
    const given = readApiCall(input, init, options);
    const call = idempotencyKeys ? withIdempotencyKey(given, random) : given;
    for (let attempt = await getAttempt(call); ;) {
      const response = await send(fetch, call, attempt.headers);
      if (!isFromOrigin(response, call.url)) return response;
      const { status, headers } = response;
      const header = (name: string): string | null => headers.get(name);
      const judging = attempt.next({ status, header, canRepeat: call.canReplay });
      const next = judging && (await getNextAttempt(judging, call, response));
      if (next === undefined) return response;
      discard(response);
      attempt = next;
    }
  };
}

async function getNextAttempt(
  judging: ReturnType<AuthorizedAttempt["next"]>,
  call: ApiCall,
  response: Response,
): Promise<AuthorizedAttempt | undefined> {
  try {
    return await judging;
  } catch (error) {
    discard(response);
    throw call.signal?.aborted ? call.signal.reason : error;
  }
}

/** Frees the connection of an answer that nobody will read; that this may fail is of no interest to anybody. */
function discard({ body }: Response): void {
  body?.cancel().catch(() => undefined);
}

function send(fetch: Fetch, call: ApiCall, authorization: AuthorizationHeaders): Promise<Response> {
  return fetch(call.url, {
    ...call.init,
    ...(call.signal && { signal: call.signal }),
    // A proof is for one address, and a fetch would carry it to any.
    ...(authorization.dpop && call.init.redirect !== "error" && { redirect: "manual" }),
    // A caller's own proof beside ours would make neither count: ours takes its place.
    headers: { ...call.headers, ...authorization },
  });
}

/** After a redirect elsewhere, the answer says nothing about our token. */
function isFromOrigin(response: Response, url: string): boolean {
  return !response.redirected || new URL(response.url).origin === new URL(url).origin;
}
