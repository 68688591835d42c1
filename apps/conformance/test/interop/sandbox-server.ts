import type { Sandbox, SandboxClient } from "@credicorp/oauth-mock-server";
import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";
import { onTestFinished } from "vitest";

/** A client as any OAuth library knows it. */
export interface ForeignClient {
  readonly id: string;
  readonly secret: string;
  readonly method: "client_secret_basic" | "client_secret_post";
}

/** What a partner's engineer is told about a server, and the server itself. */
export interface SandboxServer {
  /** The base URL, which is all that a foreign library gets beside a client. */
  readonly url: string;

  /** The audience of the tokens, unless a client asks for another. */
  readonly audience: string;
  readonly basicClient: ForeignClient;
  readonly postClient: ForeignClient;
  readonly resourceServer: ForeignClient;

  /** Authenticates by Basic, and both its id and its secret must be form-encoded there. */
  readonly encodedClient: ForeignClient;
  readonly sandbox: Sandbox;
}

/** Starts a server on a free port of loopback, which stops with the test. */
export async function startSandboxServer(): Promise<SandboxServer> {
  const sandbox = await createSandbox({
    clients: [
      ...defaultClients,
      {
        id: "partner%2B+/=&",
        secret: "p%2Bq+r:s /t=u&v%20w 0123456789ABCDEFabcdef",
        tokenEndpointAuthMethod: "client_secret_basic",
        scope: ["decisions:read"],
      },
    ],
  });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen();
  return {
    url,
    audience: `${url}/partner/v1`,
    basicClient: foreignClient(sandbox.clients.get("partner-basic")),
    postClient: foreignClient(sandbox.clients.get("partner-post")),
    resourceServer: foreignClient(sandbox.clients.get("partner-api")),
    encodedClient: foreignClient(sandbox.clients.get("partner%2B+/=&")),
    sandbox,
  };
}

function foreignClient({ id, secret, tokenEndpointAuthMethod }: SandboxClient): ForeignClient {
  if (!isSecretMethod(tokenEndpointAuthMethod)) {
    throw new TypeError(`${id} authenticates by ${tokenEndpointAuthMethod}`);
  }
  return { id, secret, method: tokenEndpointAuthMethod };
}

function isSecretMethod(method: string): method is ForeignClient["method"] {
  return method === "client_secret_basic" || method === "client_secret_post";
}
