import type { HttpTransport } from "@credicorp/oauth-core";
import { ok } from "@credicorp/oauth-core";

import type { BoundedInit, FetchedResponse } from "./bounded-fetch.ts";
import { fetchBounded } from "./bounded-fetch.ts";

/** What {@link createFetchTransport} needs of a `fetch`. */
export type TransportFetch = (
  url: string,
  init: BoundedInit & {
    readonly method: string;
    readonly headers: [string, string][];
    readonly body?: string;
  },
) => Promise<FetchedResponse>;

/**
 * Makes a transport of a `fetch`: no redirects, no cache, a bounded body, one time-out over all of it.
 *
 * @defaultValue the platform's `fetch`, looked up at each call
 */
export function createFetchTransport(
  fetch: TransportFetch = (url, init) => globalThis.fetch(url, init),
): HttpTransport {
  return async ({ url, method, headers, body }, bounds) => {
    const answer = await fetchBounded(
      (init) =>
        fetch(url, {
          ...init,
          method,
          headers: headers.map(([name, value]) => [name, value]),
          ...(body !== undefined && { body }),
        }),
      bounds,
    );
    return answer.ok ? ok({ ...answer.value, headers: [...answer.value.headers] }) : answer;
  };
}
