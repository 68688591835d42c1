import { createAuthAdapter } from "@credicorp/oauth-client/axios";
import { dpop } from "@credicorp/oauth-client/dpop";
import { createAuthInterceptor } from "@credicorp/oauth-client/undici";
import axios from "axios";
import { Agent, interceptors, request } from "undici";
import { describe, expect, it } from "vitest";

import type { TestServer } from "./support/authorization-server.ts";
import { startTestServer } from "./support/authorization-server.ts";
import type { Setup } from "./support/client.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import { claimsOf, verifyProof } from "./support/dpop.ts";

const path = "/partner/v1/applications";

/** A client whose tokens are bound to a key, and an API that redirects its calls. */
async function setUpRedirect(location: (server: TestServer) => string): Promise<Setup> {
  const setup = await setUp({ dpop: dpop({ generate: "ES256" }) });
  const { server } = setup;
  server.tokenMembers["token_type"] = "DPoP";
  server.script.api = ({ path: asked }) =>
    asked === path ? { status: 307, headers: { location: location(server) } } : { body: {} };
  return setup;
}

type Call = (setup: Setup) => Promise<number>;

const redirect = interceptors.redirect({ maxRedirections: 3 });

const returning: readonly [string, Call][] = [
  ["fetch", async ({ client }) => (await client.fetch(path)).status],
  [
    "fetch that is told to follow",
    async ({ client }) =>
      (await client.fetch(path, { method: "POST", body: "x", redirect: "follow" })).status,
  ],
  [
    "undici with a redirect interceptor behind",
    async ({ client, server }) => {
      const dispatcher = new Agent().compose(redirect, createAuthInterceptor(client));
      const { statusCode, body } = await request(server.url + path, { dispatcher });
      await body.dump();
      await dispatcher.destroy();
      return statusCode;
    },
  ],
  ...(["http", "fetch"] as const).map((name): [string, Call] => [
    `axios over ${name}`,
    async ({ client, server }) => {
      const adapter = createAuthAdapter(client, axios.getAdapter(name));
      const api = axios.create({ baseURL: server.url, adapter, validateStatus: () => true });
      return (await api.get(path)).status;
    },
  ]),
];

describe("CLI-26 CLI-24 a redirect of a call with a proof", () => {
  it.each(returning)("is returned by %s, wherever it leads", async (_name, call) => {
    await using elsewhere = await startTestServer();
    await using away = await setUpRedirect(() => `${elsewhere.url}/stolen`);
    await using within = await setUpRedirect(() => "/partner/v1/moved");

    expect([await call(away), await call(within)]).toEqual([307, 307]);

    expect(elsewhere.seen).toEqual([]);
    expect(within.server.apiCalls().map((seen) => seen.path)).toEqual([path]);
  });

  it("has a proof of its own where undici redirects in front, and goes nowhere else", async () => {
    await using elsewhere = await startTestServer();
    await using away = await setUpRedirect(() => `${elsewhere.url}/stolen`);
    await using within = await setUpRedirect(() => "/partner/v1/moved");
    const dispatchers = [away, within].map(({ client }) =>
      new Agent().compose(createAuthInterceptor(client), redirect),
    );

    const refused = await rejectionOf(
      request(away.server.url + path, { dispatcher: dispatchers[0]! }),
    );
    const followed = await request(within.server.url + path, { dispatcher: dispatchers[1]! });
    await followed.body.dump();

    expect(refused).toMatchObject({ kind: "config", option: "allowedOrigins" });
    expect(elsewhere.seen).toEqual([]);
    expect(followed.statusCode).toBe(200);
    const [first, second] = within.server.apiCalls();
    expect(second?.path).toBe("/partner/v1/moved");
    await verifyProof(second, within.server.url);
    expect(claimsOf(second!).jti).not.toBe(claimsOf(first!).jti);
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()));
  });

  it("fails where the caller wants none", async () => {
    await using setup = await setUpRedirect(() => "/partner/v1/moved");

    expect(await rejectionOf(setup.client.fetch(path, { redirect: "error" }))).toBeInstanceOf(
      TypeError,
    );
  });
});
