import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

import { dpop } from "@credicorp/oauth-client/dpop";
import { createAuthInterceptor } from "@credicorp/oauth-client/undici";
import { Agent, fetch, interceptors, Pool, request } from "undici";
import { expect, it } from "vitest";

import { startTestServer } from "./support/authorization-server.ts";
import { delay, rejectionOf, setUp } from "./support/client.ts";
import { claimsOf } from "./support/dpop.ts";

const path = "/partner/v1/applications";
const rejection = { "www-authenticate": 'Bearer error="invalid_token"' };

async function setUpUndici(options: Parameters<typeof setUp>[0] = {}) {
  const setup = await setUp(options);
  const dispatcher = new Agent().compose(createAuthInterceptor(setup.client));
  return {
    ...setup,
    dispatcher,
    url: setup.server.url + path,
    [Symbol.asyncDispose]: async () => {
      await dispatcher.destroy();
      await setup[Symbol.asyncDispose]();
    },
  };
}

it.each([
  { name: "no fields", headers: undefined },
  { name: "an object", headers: { "X-Own": "1", Authorization: "Basic planted" } },
  { name: "a flat list", headers: ["X-Own", "1", "AUTHORIZATION", "Basic planted"] },
  {
    name: "a Map",
    headers: new Map([
      ["x-own", "1"],
      ["authorization", "Basic planted"],
    ]),
  },
])("CLI-26 adds the token to $name, in place of what was there", async ({ headers }) => {
  await using setup = await setUpUndici();
  const { dispatcher, server, url } = setup;

  const first = await request(url, { dispatcher, ...(headers && { headers }) });
  const second = await request(url, { dispatcher, ...(headers && { headers }) });

  expect(await first.body.json()).toMatchObject({ path });
  expect(second.statusCode).toBe(200);
  await second.body.dump();
  expect(server.apiCalls().map(({ authorization }) => authorization)).toEqual([
    "Bearer access-token-1",
    "Bearer access-token-1",
  ]);
});

it("CLI-26 refuses every other origin, before anything is sent", async () => {
  await using setup = await setUpUndici();
  const { dispatcher, server } = setup;
  const { port } = new URL(server.url);

  for (const url of [`http://localhost:${port}/x`, "https://elsewhere.example/x"]) {
    expect(await rejectionOf(request(url, { dispatcher }))).toMatchObject({
      kind: "config",
      option: "allowedOrigins",
    });
  }
  expect(server.seen).toEqual([]);
});

it("CLI-26 does not follow a redirect with the token, wherever the redirect interceptor stands", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await using elsewhere = await startTestServer();
  elsewhere.script.api = () => ({ status: 401, headers: rejection });
  const location = `${elsewhere.url}/x`;
  server.script.api = () => ({ status: 302, headers: { location } });
  const auth = createAuthInterceptor(client);
  const redirect = interceptors.redirect({ maxRedirections: 3 });
  const inner = new Agent().compose(redirect, auth);
  const outer = new Agent().compose(auth, redirect);

  const followed = await request(server.url + path, { dispatcher: inner });
  const refused = await rejectionOf(request(server.url + path, { dispatcher: outer }));

  expect(followed.statusCode).toBe(401);
  await followed.body.dump();
  expect(refused).toMatchObject({ kind: "config" });
  expect(elsewhere.seen).toMatchObject([{ path: "/x", authorization: undefined }]);
  expect(server.tokenRequests()).toHaveLength(1);
  await Promise.all([inner.destroy(), outer.destroy()]);
});

it("CLI-27 sends nothing when there is no token", async () => {
  await using setup = await setUpUndici();
  const { dispatcher, server, url } = setup;
  server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });

  const error = await rejectionOf(request(url, { dispatcher }));

  expect(error).toMatchObject({ kind: "oauth", error: "invalid_client" });
  expect(server.apiCalls()).toEqual([]);
});

it.each([
  { name: "text", body: () => "body" },
  { name: "bytes", body: () => Buffer.from("body") },
])("CLI-28 repeats a request with $name once, with a new token", async ({ body }) => {
  await using setup = await setUpUndici();
  const { client, dispatcher, server, url } = setup;
  await client.getToken();
  server.validTokens.clear();

  const headers = { "idempotency-key": '"mine"' };
  const response = await request(url, { dispatcher, method: "POST", headers, body: body() });

  expect(await response.body.json()).toMatchObject({ received: "body" });
  const sent = server
    .apiCalls()
    .map((call) => [call.authorization, call.idempotencyKey, call.body]);
  expect(sent).toEqual([
    ["Bearer access-token-1", '"mine"', "body"],
    ["Bearer access-token-2", '"mine"', "body"],
  ]);
});

it.each([
  { name: "a stream", options: { method: "POST", body: () => Readable.from(["body"]) } },
  { name: "a token that was made for this call", cold: true },
  { name: "insufficient_scope", challenge: 'Bearer error="insufficient_scope"' },
  { name: "no challenge", challenge: undefined, unchallenged: true },
] as const)("CLI-28 returns the 401 untouched after $name", async (example) => {
  await using setup = await setUpUndici();
  const { client, dispatcher, server, url } = setup;
  if (!("cold" in example)) await client.getToken();
  const challenge = "challenge" in example ? example.challenge : rejection["www-authenticate"];
  server.script.api = () => ({
    status: 401,
    headers: challenge === undefined ? {} : { "www-authenticate": challenge },
    body: "rejected",
  });

  const options =
    "options" in example ? { method: example.options.method, body: example.options.body() } : {};
  const response = await request(url, { dispatcher, ...options });

  expect(response.statusCode).toBe(401);
  expect(response.headers["www-authenticate"]).toBe(challenge);
  expect(await response.body.text()).toBe("rejected");
  expect(server.apiCalls()).toHaveLength(1);
});

it("CLI-28 repeats once only", async () => {
  await using setup = await setUpUndici();
  const { client, dispatcher, server, url } = setup;
  await client.getToken();
  server.script.api = () => ({ status: 401, headers: rejection, body: "rejected" });

  const response = await request(url, { dispatcher });

  expect(response.statusCode).toBe(401);
  expect(await response.body.text()).toBe("rejected");
  expect(server.apiCalls()).toHaveLength(2);
});

it.each(["GET", "HEAD"] as const)(
  "CLI-28 returns the 401 of a %s, late but whole, when there is no new token",
  async (method) => {
    await using setup = await setUpUndici();
    const { client, dispatcher, server, url } = setup;
    await client.getToken();
    server.validTokens.clear();
    const body = "x".repeat(300_000);
    server.script.api = () => ({ status: 401, headers: rejection, body });
    server.script.token = () => ({ status: 400, body: { error: "invalid_scope" }, delayMs: 50 });

    const response = await request(url, { dispatcher, method });

    expect(response.statusCode).toBe(401);
    expect(await response.body.text()).toBe(method === "HEAD" ? "" : body);
  },
);

it("CLI-28 cuts off a rejected answer that does not end", async () => {
  let cutOff: Promise<unknown> | undefined;
  const api = createServer(({ headers }, response) => {
    if (headers.authorization === "Bearer access-token-2") {
      response.end("{}");
      return;
    }
    cutOff = once(response, "close");
    response.writeHead(401, rejection);
    const write = (): boolean => response.write("x".repeat(16_384));
    response.on("drain", write);
    write();
  });
  await once(api.listen(0, "127.0.0.1"), "listening");
  const origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  await using setup = await setUpUndici({ allowedOrigins: [origin] });
  const { client, dispatcher } = setup;
  await client.getToken();

  const response = await request(`${origin}/x`, { dispatcher });

  expect(response.statusCode).toBe(200);
  expect(await response.body.text()).toBe("{}");
  await cutOff;
  api.close();
});

it("CLI-24 proves the key with each request, and repeats it with the nonce that is asked for", async () => {
  await using setup = await setUpUndici({ dpop: dpop({ generate: "ES256" }) });
  const { dispatcher, server, url } = setup;
  server.tokenMembers["token_type"] = "DPoP";
  server.script.api = (call) =>
    claimsOf(call).nonce === "n-1"
      ? { body: {} }
      : {
          status: 401,
          headers: { "dpop-nonce": "n-1", "www-authenticate": 'DPoP error="use_dpop_nonce"' },
        };

  const response = await request(url, { dispatcher, method: "POST", body: "{}" });

  expect(response.statusCode).toBe(200);
  await response.body.dump();
  const claims = server.apiCalls().map((call) => claimsOf(call));
  expect(claims.map(({ method, url: at, nonce }) => [method, at, nonce])).toEqual([
    ["POST", url, undefined],
    ["POST", url, "n-1"],
  ]);
});

it("CLI-14 stops waiting for a token when the caller aborts, with the caller's reason", async () => {
  await using setup = await setUpUndici({ tokenDelayMs: 300 });
  const { dispatcher, server, url } = setup;
  const controller = new AbortController();
  const reason = new Error("enough");
  const waiting = rejectionOf(request(url, { dispatcher, signal: controller.signal }));
  await delay(50);

  controller.abort(reason);

  expect(await waiting).toBe(reason);
  expect(server.apiCalls()).toEqual([]);
});

it("CLI-14 ends when the caller aborts while a rejected token is replaced", async () => {
  await using setup = await setUpUndici({ tokenDelayMs: 300 });
  const { client, dispatcher, server, url } = setup;
  await client.getToken();
  server.validTokens.clear();
  const controller = new AbortController();
  const reason = new Error("enough");
  const waiting = rejectionOf(request(url, { dispatcher, signal: controller.signal }));
  await delay(80);

  controller.abort(reason);

  expect(await waiting).toBe(reason);
  await delay(20);
  expect(server.apiCalls()).toHaveLength(1);
});

it("serves undici's fetch, and other interceptors in front of it", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();
  const dispatcher = new Agent().compose(
    createAuthInterceptor(client),
    interceptors.retry({ maxRetries: 1 }),
    interceptors.dump(),
  );
  const plain = new Agent().compose(createAuthInterceptor(client));

  const dumped = await request(server.url + path, { dispatcher });
  const fetched = await fetch(server.url + path, { dispatcher: plain });

  expect(dumped.statusCode).toBe(200);
  expect(await fetched.json()).toMatchObject({ path });
  expect(server.tokenRequests()).toHaveLength(2);
  await Promise.all([dispatcher.destroy(), plain.destroy()]);
});

it("wants to know the origin of a Pool", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  const { url: origin } = server;
  const nameless = new Pool(origin).compose(createAuthInterceptor(client));
  const named = new Pool(origin).compose(createAuthInterceptor(client, { origin }));
  const call = { path, method: "GET" } as const;

  const error = await rejectionOf(nameless.request(call));
  const response = await named.request(call);

  expect(error).toMatchObject({ kind: "config", option: "origin" });
  expect(response.statusCode).toBe(200);
  await response.body.dump();
  await Promise.all([nameless.destroy(), named.destroy()]);
});

it("says so when it was made the global dispatcher, where the client's own requests go", async () => {
  await using setup = await setUpUndici();
  const { dispatcher, server } = setup;
  const url = `${server.url}/.well-known/oauth-authorization-server`;

  expect(await rejectionOf(request(url, { dispatcher }))).toMatchObject({
    kind: "config",
    option: "dispatcher",
  });
});
