import { random } from "@credicorp/oauth-runtime";
import fastify from "fastify";
import { onTestFinished } from "vitest";

import type { OAuthClient, OAuthClientOptions } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import { isOAuthError } from "@credicorp/oauth-core";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { createVerifier } from "@credicorp/oauth-verifier";
import { oauthVerifier } from "@credicorp/oauth-verifier/fastify";

/** A sandbox on a real port, an API that verifies its tokens, and our client before both. */
export interface FaultyHub {
  readonly sandbox: Sandbox;
  readonly client: OAuthClient;

  /** Calls the API as a user of the client does, and says in a few words what came of it. */
  readonly call: () => Promise<string>;
}

/** Starts all of them; what the client waits for between its tries, and no more, takes no time. */
export async function startFaultyHub(
  options: {
    readonly client?: Partial<OAuthClientOptions>;
    readonly clientId?: string;

    /** Whether the verifier reads the clock of the sandbox. @defaultValue false */
    readonly isVerifierOnSandboxTime?: true;
  } = {},
): Promise<FaultyHub> {
  const { clientId = "partner-basic" } = options;
  const sandbox = await createSandbox({ additionalAlgorithms: [] });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen();
  const verifier = createVerifier({
    issuer: url,
    audience: `${url}/partner/v1`,
    ...(options.isVerifierOnSandboxTime && { ports: { clock: sandbox.clock } }),
  });
  onTestFinished(() => verifier.close());
  const api = fastify({ forceCloseConnections: true });
  onTestFinished(() => api.close());
  await api.register(oauthVerifier, { verifier });
  api.get("/decisions", { onRequest: api.requireScope("decisions:read") }, () => "good");
  const apiUrl = await api.listen({ host: "127.0.0.1", port: 0 });
  const client = createOAuthClient({
    baseUrl: url,
    clientId,
    clientSecret: sandbox.clients.get(clientId).secret,
    allowedOrigins: [apiUrl],
    ...options.client,
    ports: { random: { ...random, fraction: () => 0 }, ...options.client?.ports },
  } as OAuthClientOptions);
  onTestFinished(() => client.close());

  const outcome = async (): Promise<string> => {
    try {
      const { status, headers } = await client.fetch(`${apiUrl}/decisions`);
      const error = /error="(\w+)"/.exec(headers.get("www-authenticate") ?? "")?.[1];
      return error === undefined ? `${status}` : `${status} ${error}`;
    } catch (error) {
      if (!isOAuthError(error)) throw error;
      const detail = "failure" in error ? error.failure : "error" in error ? error.error : "";
      return [error.code, detail].filter((part) => part !== "").join(" ");
    }
  };
  return {
    sandbox,
    client,
    call: async () => {
      const before = sandbox.requests.count({ endpoint: "token" });
      const seen = await outcome();
      return `${seen}, ${sandbox.requests.count({ endpoint: "token" }) - before} token requests`;
    },
  };
}
