import type { HttpTransport } from "@credicorp/oauth-core";
import { createOAuthClient } from "@credicorp/oauth-client";
import { expect, it } from "vitest";

import { rejectionOf } from "./support/client.ts";

const issuer = "https://hub.example";

interface InMemoryServer {
  readonly transport: HttpTransport;

  /** The scope of each token request, in order. */
  readonly asked: string[];

  /** Scope for which no answer comes. */
  readonly silent: Set<string>;
}

/** A server without sockets: these tests need a thousand tokens. */
function createInMemoryServer(): InMemoryServer {
  const asked: string[] = [];
  const silent = new Set<string>();
  return {
    asked,
    silent,
    transport: async ({ url, body = "" }) => {
      const form = new URLSearchParams(body);
      if (url.endsWith("/revoke")) return answer("");
      const scope = form.get("scope") ?? "";
      asked.push(scope);
      if (silent.has(scope)) await new Promise(() => undefined);
      const members = { token_type: "Bearer", expires_in: 900 };
      return answer(JSON.stringify({ access_token: `token-${asked.length}`, ...members }));
    },
  };
}

function answer(text: string): Awaited<ReturnType<HttpTransport>> {
  const body = new TextEncoder().encode(text);
  return { ok: true, value: { status: 200, headers: [], body } };
}

function setUpInMemory(): InMemoryServer & {
  readonly client: ReturnType<typeof createOAuthClient>;
  readonly askForOthers: (count: number) => Promise<void>;
} {
  const server = createInMemoryServer();
  const client = createOAuthClient({
    baseUrl: issuer,
    clientId: "partner",
    clientSecret: "planted-secret",
    scope: ["own"],
    transport: server.transport,
    metadata: {
      issuer,
      tokenEndpoint: `${issuer}/token`,
      revocationEndpoint: `${issuer}/revoke`,
    },
  });
  return {
    ...server,
    client,
    askForOthers: async (count) => {
      for (let index = 0; index < count; index += 1) {
        await client.getToken({ scope: [`other-${index}`] });
      }
    },
  };
}

it("CLI-18 forgets the scope that was not asked for the longest, and no other", async () => {
  const { client, asked, askForOthers } = setUpInMemory();
  await client.getToken({ scope: ["used"] });
  await client.getToken({ scope: ["unused"] });
  await askForOthers(998);
  await client.getToken({ scope: ["used"] });
  await client.getToken({ scope: ["one-too-many"] });
  const before = asked.length;

  await client.getToken({ scope: ["used"] });
  expect(asked).toHaveLength(before);
  await client.getToken({ scope: ["unused"] });

  expect(asked.slice(before)).toEqual(["unused"]);
  await client.close();
});

it("CLI-18 never gives up the client's own scope, however it is spelt", async () => {
  const { client, asked, askForOthers } = setUpInMemory();
  const own = await client.getToken();
  await askForOthers(1001);

  expect(await client.getToken({ scope: ["own", "own"] })).toBe(own);
  await client.revoke(own.value);
  const next = await client.getToken();

  expect(next.value).not.toBe(own.value);
  expect(asked.filter((scope) => scope === "own")).toHaveLength(2);
  await client.close();
});

it("CLI-18 tells those who wait for a scope that is given up", async () => {
  const { client, silent, askForOthers } = setUpInMemory();
  silent.add("slow");
  const waiting = rejectionOf(client.getToken({ scope: ["slow"] }));
  await askForOthers(1000);

  expect(await waiting).toMatchObject({
    kind: "aborted",
    message: "Tokens for more than 1000 other scopes were asked for meanwhile",
  });
  await client.close();
});
