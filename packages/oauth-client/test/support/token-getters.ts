import type { ClientEvents } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import type { AccessToken, TokenSourceOptions } from "@credicorp/oauth-client/token-source";
import { createTokenSource, tokenEvents } from "@credicorp/oauth-client/token-source";
import type { TestServer } from "./authorization-server.ts";
import { startTestServer } from "./authorization-server.ts";
import { eventTypes } from "./client.ts";

/** What a client and a token source have in common. */
export interface TokenGetter {
  readonly getToken: (options?: { readonly signal?: AbortSignal }) => Promise<AccessToken>;
  readonly peekToken: () => AccessToken | undefined;
  readonly close: () => Promise<void> | void;
}

type TokenEventListener = (event: ClientEvents[keyof ClientEvents]) => void;

/** A way to get tokens. */
export interface TokenGetterKind {
  readonly name: string;
  readonly create: (options: TokenSourceOptions, listener: TokenEventListener) => TokenGetter;
}

/** All ways to get tokens: whatever they have in common is tested with both. */
export const tokenGetterKinds: readonly TokenGetterKind[] = [
  {
    name: "a client",
    create: ({ tokenEndpoint, observe: _observe, ...options }, listener) => {
      const { origin } = new URL(tokenEndpoint);
      const metadata = { issuer: origin, tokenEndpoint };
      const client = createOAuthClient({ ...options, baseUrl: origin, metadata });
      for (const type of eventTypes) client.on(type, listener);
      return client;
    },
  },
  {
    name: "a token source",
    create: (options, listener) =>
      createTokenSource({ ...options, observe: tokenEvents(listener) }),
  },
];

/** A getter, the server it talks to, and the events it has told of. */
export interface GetterSetup extends AsyncDisposable {
  readonly server: TestServer;
  readonly getter: TokenGetter;
  readonly events: ClientEvents[keyof ClientEvents][];
}

/** Starts a server and a getter of its tokens. */
export async function setUpGetter(
  kind: TokenGetterKind,
  options: Partial<TokenSourceOptions> & { readonly tokenDelayMs?: number } = {},
): Promise<GetterSetup> {
  const { tokenDelayMs = 0, ...getterOptions } = options;
  const server = await startTestServer({ tokenDelayMs });
  const events: GetterSetup["events"] = [];
  const getter = kind.create(
    {
      tokenEndpoint: `${server.url}/partner/v1/oauth/token`,
      clientId: "partner",
      clientSecret: "planted-secret",
      ...getterOptions,
    },
    (event) => events.push(event),
  );
  return {
    server,
    getter,
    events,
    [Symbol.asyncDispose]: async () => {
      await getter.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
