import { expect, it } from "vitest";
import type { Answer } from "./support/authorization-server.ts";
import { startTestServer } from "./support/authorization-server.ts";
import { rejectionOf, setUp } from "./support/client.ts";

const path = "/partner/v1/applications";

const rejected: Answer = {
  status: 401,
  headers: { "www-authenticate": 'Bearer realm="api", error="invalid_token"' },
  body: { title: "rejected" },
};

it("CLI-26 resolves a path against the base URL and attaches the token", async () => {
  await using setup = await setUp();

  const response = await setup.client.fetch(`${path}?page=2`, { headers: { "x-mine": "1" } });

  expect(response.status).toBe(200);
  expect(setup.server.apiCalls()).toMatchObject([
    { path: `${path}?page=2`, authorization: "Bearer access-token-1" },
  ]);
});

it.each([
  ["another origin", "https://elsewhere.example/partner/v1/applications"],
  ["an address relative to the scheme", "//elsewhere.example/"],
  ["another port", "http://127.0.0.1:1/"],
  ["another scheme", "data:text/plain,hello"],
  ["a backslash", "\\\\elsewhere.example\\"],
])("CLI-26 refuses %s, and sends nothing", async (_name, url) => {
  await using setup = await setUp();

  const error = await rejectionOf(setup.client.fetch(url));
  const headerError = await rejectionOf(setup.client.authorizationHeaders({ method: "GET", url }));

  expect(error).toMatchObject({
    kind: "config",
    option: "allowedOrigins",
    hint: expect.stringContaining("allowedOrigins"),
  });
  expect(headerError).toMatchObject({ kind: "config", option: "allowedOrigins" });
  expect(setup.server.seen).toEqual([]);
});

it("CLI-26 sends the token to a further origin that is allowed", async () => {
  await using api = await startTestServer();
  await using setup = await setUp({ allowedOrigins: [api.url] });
  api.script.api = () => ({ body: {} });

  const response = await setup.client.fetch(`${api.url}${path}`);

  expect(response.status).toBe(200);
  expect(api.apiCalls()[0]?.authorization).toBe("Bearer access-token-1");
});

it("CLI-26 does not carry the token across a redirect to another origin", async () => {
  await using elsewhere = await startTestServer();
  await using setup = await setUp();
  await setup.client.getToken();
  elsewhere.script.api = () => rejected;
  setup.server.script.api = () => ({
    status: 307,
    headers: { location: `${elsewhere.url}/stolen` },
  });

  const response = await setup.client.fetch(path);

  expect(response.status).toBe(401);
  expect(elsewhere.seen).toMatchObject([{ path: "/stolen", authorization: undefined }]);
  // What the other origin answers says nothing about our token.
  await setup.client.getToken();
  expect(setup.server.tokenRequests()).toHaveLength(1);
  expect(setup.server.apiCalls()).toHaveLength(1);
});

it("CLI-26 carries the token across a redirect within the origin", async () => {
  await using setup = await setUp();
  setup.server.script.api = (request) =>
    request.path === path ? { status: 307, headers: { location: "/partner/v1/moved" } } : undefined;

  const response = await setup.client.fetch(path);

  expect(response.status).toBe(200);
  expect(setup.server.apiCalls()[1]).toMatchObject({
    path: "/partner/v1/moved",
    authorization: "Bearer access-token-1",
  });
});

it("CLI-27 sends nothing to the API when there is no token", async () => {
  await using setup = await setUp();
  setup.server.script.token = () => ({ status: 400, body: { error: "unauthorized_client" } });

  const error = await rejectionOf(setup.client.fetch(path));

  expect(error).toMatchObject({ kind: "oauth", error: "unauthorized_client" });
  expect(setup.server.apiCalls()).toEqual([]);
});

it("CLI-27 CLI-28 returns the rejection untouched when there is no new token, and sends nothing more", async () => {
  await using setup = await setUp();
  await setup.client.getToken();
  setup.server.validTokens.clear();
  setup.server.script.token = () => ({ status: 400, body: { error: "unauthorized_client" } });

  const response = await setup.client.fetch(path);

  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ title: "rejected" });
  expect(setup.server.apiCalls()).toHaveLength(1);
});
