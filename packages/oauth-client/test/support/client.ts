import type { ClientEvents, OAuthClient, OAuthClientOptions } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import type { TestServer } from "./authorization-server.ts";
import { startTestServer } from "./authorization-server.ts";

/** A client, the server it talks to, and the events it has told of. */
export interface Setup extends AsyncDisposable {
  readonly server: TestServer;
  readonly client: OAuthClient;
  readonly events: ClientEvents[keyof ClientEvents][];
}

// The first call loads most of the client, which takes a busy machine longer than a test waits.
const issuer = "https://hub.example";
await createOAuthClient({
  baseUrl: issuer,
  clientId: "partner",
  clientSecret: "planted-secret",
  metadata: { issuer, tokenEndpoint: `${issuer}/token` },
}).discover();

/** The events of a client. */
export const eventTypes = [
  "obtained",
  "shared",
  "store_failed",
  "scope_narrowed",
  "lifetime_guessed",
  "degraded",
  "failed",
  "recovered",
  "dropped",
] as const;

/** Starts a server and a client of it. */
export async function setUp(
  options: Partial<OAuthClientOptions> & { readonly tokenDelayMs?: number } = {},
): Promise<Setup> {
  const { tokenDelayMs = 0, ...clientOptions } = options;
  const server = await startTestServer({ tokenDelayMs });
  const client = createOAuthClient({
    baseUrl: server.url,
    clientId: "partner",
    ...(clientOptions.authentication === undefined && { clientSecret: "planted-secret" }),
    ...clientOptions,
  } as OAuthClientOptions);
  const events: Setup["events"] = [];
  for (const type of eventTypes) client.on(type, (event) => events.push(event));
  return {
    server,
    client,
    events,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Returns what a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("The promise was expected to be rejected");
}

/** Waits on the platform's timer. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
