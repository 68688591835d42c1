import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClientMetadata, Configuration } from "oidc-provider";
import { onTestFinished, vi } from "vitest";

/** A client's registration, and what this provider's policy says of it. */
export type ProviderClient = ClientMetadata & { readonly client_id: string };

/** A running oidc-provider with an API beside it, which believes its opaque tokens. */
export interface OidcProviderServer {
  readonly url: string;

  /** The requests so far, such as `POST /as/token 200`. */
  readonly requests: readonly string[];
}

/** How the provider differs from test to test. */
export interface OidcProviderOptions {
  readonly clients: readonly ProviderClient[];
  readonly requireDpopNonce?: boolean;

  /** Where its endpoints are; the metadata says so. */
  readonly routes?: Configuration["routes"];

  /** The resource that its opaque tokens are for; without one they are for none. */
  readonly resource?: string | undefined;
}

export const apiScope = "decisions:read applications:write";

/** A scope that the provider knows, and no client has: one that it does not know it would drop in silence. */
export const foreignScope = "payments:write";

/** Starts oidc-provider on a free port of loopback, which stops with the test. */
export async function startOidcProvider({
  clients,
  requireDpopNonce = false,
  routes = {},
  resource,
}: OidcProviderOptions): Promise<OidcProviderServer> {
  // It says at length that it is set up for development.
  for (const level of ["info", "warn"] as const)
    vi.spyOn(console, level).mockReturnValue(undefined);
  const { Provider } = await import("oidc-provider");

  const requests: string[] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, {
    clients: clients.map((client) => ({
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      ...client,
    })),
    scopes: [...apiScope.split(" "), foreignScope],
    routes,
    enabledJWA: {
      clientAuthSigningAlgValues: ["ES256", "PS256", "Ed25519"],
      dPoPSigningAlgValues: ["ES256", "PS256", "Ed25519"],
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: {
        enabled: true,
        nonceSecret: randomBytes(32),
        requireNonce: () => requireDpopNonce,
      },
      introspection: { enabled: true },
      jwtIntrospection: { enabled: true },
      ...(resource !== undefined && {
        resourceIndicators: {
          enabled: true,
          defaultResource: () => resource,
          getResourceServerInfo: () => ({
            scope: apiScope,
            audience: resource,
            accessTokenFormat: "opaque" as const,
          }),
        },
      }),
      revocation: { enabled: true },
    },
  });

  const authorizationServer = provider.callback();
  async function answerApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
    const known = await provider.ClientCredentials.find(token);
    if (known?.isValid === true) response.writeHead(200).end(known.scope);
    else {
      response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' }).end();
    }
  }
  server.on("request", (request, response) => {
    response.on("finish", () => {
      requests.push(`${request.method} ${request.url} ${response.statusCode}`);
    });
    if (request.url?.startsWith("/api/")) void answerApi(request, response);
    else void authorizationServer(request, response);
  });
  return { url, requests };
}
