import { Readable } from "node:stream";

import { createOAuthClient } from "@credicorp/oauth-client";
import type { AxiosConfigLike } from "@credicorp/oauth-client/axios";
import { createAuthAdapter } from "@credicorp/oauth-client/axios";
import { dpop } from "@credicorp/oauth-client/dpop";
import type { AxiosError, AxiosInstance, CreateAxiosDefaults } from "axios";
import axios, { AxiosHeaders } from "axios";
import { expect, it } from "vitest";

import { startTestServer } from "./support/authorization-server.ts";
import type { Setup } from "./support/client.ts";
import { rejectionOf, setUp } from "./support/client.ts";
import { claimsOf } from "./support/dpop.ts";

const path = "/partner/v1/applications";
const rejection = { "www-authenticate": 'Bearer error="invalid_token"' };

type AxiosConfig = AxiosConfigLike & {
  readonly beforeRedirect?: (options: { href: string; headers: object }) => void;
};

function createInstance(
  { client, server }: Pick<Setup, "client" | "server">,
  options: CreateAxiosDefaults = {},
): AxiosInstance {
  const adapter = createAuthAdapter(client, axios.getAdapter(options.adapter ?? "http"));
  return axios.create({ baseURL: server.url, ...options, adapter });
}

it.each(["http", "fetch"] as const)(
  "CLI-26 adds the token to the requests of axios over %s",
  async (adapter) => {
    await using setup = await setUp();
    const api = createInstance(setup, { adapter });

    const { data } = await api.get(path, { headers: { Authorization: "Basic planted" } });

    expect(data).toMatchObject({ path });
    expect(setup.server.apiCalls()[0]?.authorization).toBe("Bearer access-token-1");
  },
);

it.each([
  { name: "an address of its own", call: { url: "http://elsewhere.example/x" } },
  { name: "an address without scheme", call: { url: "//elsewhere.example/x" } },
  { name: "another baseURL", call: { url: "/x", baseURL: "http://elsewhere.example" } },
  {
    name: "a baseURL that takes absolute addresses for paths",
    call: { baseURL: "http://elsewhere.example", allowAbsoluteUrls: false },
  },
])("CLI-26 refuses another origin by $name", async ({ call }) => {
  await using setup = await setUp();
  const api = createInstance(setup);

  const error = await rejectionOf(api.request({ url: setup.server.url + path, ...call }));

  expect(error).toMatchObject({ kind: "config", option: "allowedOrigins" });
  expect(setup.server.seen).toEqual([]);
});

it("CLI-26 takes the token away when a redirect leads to another origin, and believes nothing from there", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  const token = await client.getToken();
  await using elsewhere = await startTestServer();
  elsewhere.script.api = () => ({ status: 401, headers: rejection });
  const location = `${elsewhere.url}/x`;
  server.script.api = () => ({ status: 302, headers: { location } });
  const asked: string[] = [];
  const api = createInstance(setup, { beforeRedirect: ({ href }) => asked.push(String(href)) });

  const error = await rejectionOf(api.get(path));

  expect(error).toMatchObject({ response: { status: 401 } });
  expect(elsewhere.seen).toMatchObject([{ path: "/x", authorization: undefined }]);
  expect(asked).toEqual([location]);
  expect(client.peekToken()).toBe(token);
  expect(server.tokenRequests()).toHaveLength(1);
});

it("CLI-26 takes the token away when a redirect leads to a subdomain", async () => {
  await using setup = await setUp();
  const { server } = setup;
  const { port } = new URL(server.url);
  const origin = `http://localhost:${port}`;
  const client = createOAuthClient({
    baseUrl: server.url,
    clientId: "partner",
    clientSecret: "planted-secret",
    allowedOrigins: [origin],
  });
  server.script.api = ({ path: asked }) =>
    asked === path
      ? { status: 302, headers: { location: `http://sub.localhost:${port}/x` } }
      : { body: "{}" };
  const lookup = (): [string, 4] => ["127.0.0.1", 4];
  const api = createInstance({ client, server }, { baseURL: origin, lookup: async () => lookup() });

  await api.get(path);

  expect(server.apiCalls().map((call) => [call.path, call.authorization])).toEqual([
    [path, "Bearer access-token-1"],
    ["/x", undefined],
  ]);
  await client.close();
});

it("CLI-26 takes the token away whatever the library that follows redirects would keep", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  const kept: object[] = [];
  const adapter = createAuthAdapter(client, async (config: AxiosConfig) => {
    for (const href of [`${server.url}/moved`, "https://sub.hub.example/x"]) {
      const headers = { Authorization: "Bearer access-token-1", DPoP: "proof", Accept: "*/*" };
      config.beforeRedirect?.({ href, headers });
      kept.push(headers);
    }
    return { status: 200, headers: {} };
  });

  await adapter({ url: server.url + path, headers: new AxiosHeaders() });

  expect(kept).toEqual([
    { Authorization: "Bearer access-token-1", DPoP: "proof", Accept: "*/*" },
    { Accept: "*/*" },
  ]);
});

it("CLI-27 sends nothing when there is no token", async () => {
  await using setup = await setUp();
  const { server } = setup;
  server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });

  const error = await rejectionOf(createInstance(setup).get(path));

  expect(error).toMatchObject({ kind: "oauth", error: "invalid_client" });
  expect(server.apiCalls()).toEqual([]);
});

it.each([
  { name: "refuses the status", validateStatus: (status: number) => status < 300 },
  { name: "takes any status", validateStatus: () => true },
])("CLI-28 repeats a request once, where axios $name", async ({ validateStatus }) => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();
  const api = createInstance(setup, { validateStatus });

  const headers = { "Idempotency-Key": '"mine"' };
  const response = await api.post(path, { amountPence: 5 }, { headers });

  expect(response).toMatchObject({ status: 200, data: { received: '{"amountPence":5}' } });
  const sent = server
    .apiCalls()
    .map((call) => [call.authorization, call.idempotencyKey, call.body]);
  expect(sent).toEqual([
    ["Bearer access-token-1", '"mine"', '{"amountPence":5}'],
    ["Bearer access-token-2", '"mine"', '{"amountPence":5}'],
  ]);
});

it("CLI-28 returns the 401 untouched when the body is a stream", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();

  const error = await rejectionOf(createInstance(setup).post(path, Readable.from(["body"])));

  expect(error).toMatchObject({ response: { status: 401, data: { title: "rejected" } } });
  expect(server.apiCalls()).toHaveLength(1);
});

it("CLI-28 repeats once only, and frees a rejected answer that is a stream", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  server.script.api = () => ({ status: 401, headers: rejection, body: "x".repeat(1_000_000) });
  const api = createInstance(setup, { responseType: "stream" });

  const error = await rejectionOf(api.get(path));

  expect(error).toMatchObject({ response: { status: 401 } });
  expect(server.apiCalls()).toHaveLength(2);
});

it("asks for the origin that axios was not given", async () => {
  await using setup = await setUp();
  const api = axios.create({ adapter: createAuthAdapter(setup.client, axios.getAdapter("http")) });

  expect(await rejectionOf(api.get(path))).toMatchObject({ kind: "config", option: "baseURL" });
});

it("CLI-31 leaves no token in what axios answers or prints of an error", async () => {
  await using setup = await setUp();
  const { server } = setup;
  const api = createInstance(setup);

  const good = await api.get(path);
  server.script.api = () => ({ status: 500, body: "broken" });
  const refused = (await rejectionOf(api.get(path))) as AxiosError;
  server.script.api = () => ({ reset: true });
  const broken = (await rejectionOf(api.get(path))) as AxiosError;

  const printed = [
    good.config.headers,
    refused.toJSON(),
    refused.response?.config.headers,
    broken.toJSON(),
  ].map((value) => JSON.stringify(value));
  expect(printed.join()).toContain("Accept");
  expect(printed.join()).not.toContain("access-token-1");
});

it("CLI-28 tries again with a new token where an interceptor of axios repeats the request", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  const api = createInstance(setup);
  server.script.api = () => ({ status: 503 });
  api.interceptors.response.use(undefined, async (error: AxiosError) => {
    delete server.script.api;
    await client.revoke("access-token-1");
    return error.config && api.request(error.config);
  });

  const response = await api.get(path);

  expect(response.status).toBe(200);
  expect(server.apiCalls().map(({ authorization }) => authorization)).toEqual([
    "Bearer access-token-1",
    "Bearer access-token-2",
  ]);
});

it("CLI-24 proves the key with each request, and repeats it with the nonce that is asked for", async () => {
  await using setup = await setUp({ dpop: dpop({ generate: "ES256" }) });
  const { server } = setup;
  server.tokenMembers["token_type"] = "DPoP";
  server.script.api = (request) =>
    claimsOf(request).nonce === "n-1"
      ? { body: {} }
      : {
          status: 401,
          headers: { "dpop-nonce": "n-1", "www-authenticate": 'DPoP error="use_dpop_nonce"' },
        };

  const response = await createInstance(setup).post(path, { amountPence: 5 });

  expect(response.status).toBe(200);
  const claims = server.apiCalls().map((request) => claimsOf(request));
  expect(claims.map(({ method, url: at, nonce }) => [method, at, nonce])).toEqual([
    ["POST", server.url + path, undefined],
    ["POST", server.url + path, "n-1"],
  ]);
});
