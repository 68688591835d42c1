import type { Fetch, OAuthClient, OAuthClientOptions } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import type { HttpTransport } from "@credicorp/oauth-core";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { createFetchTransport } from "@credicorp/oauth-runtime";

/** A client of the sandbox, with the credentials that are published. */
export interface StoryClient {
  readonly id: string;
  readonly secret?: string | undefined;
  readonly privateJwk?: PrivateJwk | undefined;
}

/** The guarded API, where it is served. */
export interface ServedApi {
  readonly origin: string;

  /** How it is called; left out, as a client does by itself. */
  readonly fetch?: Fetch | undefined;
  readonly close: () => Promise<unknown>;
}

/** Where a story takes place. */
export interface Place {
  readonly issuer: string;

  /** How the issuer is reached; left out, as clients and verifiers do by themselves. */
  readonly fetch?: Fetch | undefined;
  readonly serve: (handler: (request: Request) => Promise<Response>) => Promise<ServedApi>;
  readonly clientOf: (id: string) => StoryClient;
}

/** Serves in memory: what runs where no port can be had. */
export async function serveInMemory(
  handler: (request: Request) => Promise<Response>,
): Promise<ServedApi> {
  return {
    origin: "http://127.0.0.1:9401",
    fetch: (input, init) => handler(new Request(input, init)),
    close: async () => undefined,
  };
}

/** Returns what reaches the issuer; `undefined` where that is for the client or the verifier to decide. */
export function transportOf({ fetch }: Place, api: ServedApi): HttpTransport | undefined {
  if (fetch !== undefined) return createFetchTransport(fetch);
  return api.fetch === undefined ? undefined : createFetchTransport();
}

/** Opens a client of the sandbox that calls the API; declare it with `await using`. */
export function openStoryClient(
  place: Place,
  api: ServedApi,
  options: Partial<OAuthClientOptions> & { readonly clientId: string },
): OAuthClient {
  const { secret = "" } = place.clientOf(options.clientId);
  const transport = transportOf(place, api);
  return createOAuthClient({
    baseUrl: api.origin,
    issuer: place.issuer,
    ...(options.authentication === undefined && { clientSecret: secret }),
    ...(api.fetch && { fetch: api.fetch }),
    ...(transport && { transport }),
    ...options,
  } as OAuthClientOptions);
}
