import { expect, it } from "vitest";
import type { OAuthClient } from "@credicorp/oauth-client";
import { delay, rejectionOf, setUp } from "./support/client.ts";

const path = "/partner/v1/applications";

function asked(form: URLSearchParams): { scope: string | null; resource: readonly string[] } {
  return { scope: form.get("scope"), resource: form.getAll("resource") };
}

it("gives a generated client a standard fetch for a scope and a resource of its own", async () => {
  await using setup = await setUp({ scope: ["applications:write"] });
  const { client, server } = setup;
  const { fetch } = client.with({ scope: ["decisions:read"], resource: [`${server.url}/v1`] });

  await fetch(new Request(`${server.url}${path}`));
  await fetch(path);
  await client.fetch(path);

  expect(server.tokenRequests().map(({ form }) => asked(form))).toEqual([
    { scope: "decisions:read", resource: [`${server.url}/v1`] },
    { scope: "applications:write", resource: [] },
  ]);
  const tokens = server.apiCalls().map(({ authorization }) => authorization);
  expect(tokens).toEqual([
    "Bearer access-token-1",
    "Bearer access-token-1",
    "Bearer access-token-2",
  ]);
});

it("lays views over views, and leaves what they do not name", async () => {
  await using setup = await setUp({ scope: ["a"], resource: ["urn:example:one"] });
  const { client, server } = setup;
  const wider = client.with({ scope: ["b"] });
  const view = wider.with({ resource: ["urn:example:two"] });

  await wider.getToken();
  await view.getToken();
  await view.getToken({ resource: [] });
  await client.getToken();

  expect(server.tokenRequests().map(({ form }) => asked(form))).toEqual([
    { scope: "b", resource: ["urn:example:one"] },
    { scope: "b", resource: ["urn:example:two"] },
    { scope: "b", resource: [] },
    { scope: "a", resource: ["urn:example:one"] },
  ]);
});

it.each([
  ["getToken", (client: OAuthClient, options: object) => client.getToken(options)],
  ["tryGetToken", (client: OAuthClient, options: object) => client.tryGetToken(options)],
  [
    "authorizationHeaders",
    (client: OAuthClient, options: object) =>
      client.authorizationHeaders({ method: "GET", url: path }, options),
  ],
  [
    "authorize",
    async (client: OAuthClient, options: object) =>
      client.authorize({ method: "GET", url: path }, options),
  ],
  ["introspect", (client: OAuthClient, options: object) => client.introspect("t", options)],
  ["revoke", (client: OAuthClient, options: object) => client.revoke("t", options)],
] as const)("CLI-17 refuses an option of one call that %s does not have", async (_name, call) => {
  await using setup = await setUp({ scope: ["applications:write", "decisions:read"] });
  const { client, server } = setup;
  await client.getToken();
  const before = server.seen.length;

  const outcome = await call(client, { signl: undefined }).catch((error: unknown) => error);

  const error = (outcome as { failure?: unknown }).failure ?? outcome;
  expect(error).toMatchObject({ kind: "config", option: "signl", hint: "Did you mean signal?" });
  expect(server.seen).toHaveLength(before);
});

it("CLI-16 shares tokens between equal scopes and resources, however they are spelt", async () => {
  await using setup = await setUp({ scope: ["a", "b"] });
  const { client, server } = setup;

  await client.getToken();
  await client.with({ scope: ["b", "a", "b"] }).getToken();
  await client.with({ resource: ["urn:x", "urn:y"] }).getToken();
  await client.getToken({ resource: ["urn:y", "urn:x", "urn:y"], scope: ["b", "a"] });

  expect(server.tokenRequests()).toHaveLength(2);
});

it("chooses the scope by method and address, unless the call names one", async () => {
  const seen: unknown[] = [];
  await using setup = await setUp({
    scope: ["basic"],
    scopeFor: (request) => {
      seen.push({ ...request, url: new URL(request.url).pathname });
      return request.method === "GET" ? ["decisions:read"] : undefined;
    },
  });
  const { client, server } = setup;

  await client.fetch(path);
  await client.fetch(path, { method: "POST", body: "{}" });
  await client.with({ scope: ["own"] }).fetch(path);
  await client.authorizationHeaders({ method: "GET", url: path }, { scope: ["given"] });

  const scopes = server.tokenRequests().map(({ form }) => form.get("scope"));
  expect(scopes).toEqual(["decisions:read", "basic", "own", "given"]);
  expect(seen).toEqual([
    { method: "GET", url: path },
    { method: "POST", url: path },
  ]);
});

it("CLI-14 bounds every wait of a view", async () => {
  await using setup = await setUp({ tokenDelayMs: 200 });
  const hasty = setup.client.with({ maxWaitMs: 30 });

  const errors = await Promise.all([
    rejectionOf(hasty.fetch(path)),
    rejectionOf(hasty.getToken()),
    rejectionOf(hasty.authorizationHeaders({ method: "GET", url: path })),
  ]);

  expect(errors.map((error) => (error as Error).message)).toEqual(
    Array.from({ length: 3 }, () => "There was no access token within 30 ms"),
  );
});

it.each([
  { name: "a scope", options: { scope: ["a b"] }, option: "scope" },
  { name: "a relative resource", options: { resource: ["/v1"] }, option: "resource" },
  { name: "a resource with a fragment", options: { resource: ["urn:x#y"] }, option: "resource" },
  { name: "a deadline", options: { maxWaitMs: 0 }, option: "maxWaitMs" },
])("refuses $name that is wrong before any call", async ({ options, option }) => {
  await using setup = await setUp();

  expect(() => setup.client.with(options)).toThrow(
    expect.objectContaining({ kind: "config", option }),
  );
});

it.each([0, -1, Number.NaN, "5000"])("refuses a maxWaitMs of %s for one call", async (value) => {
  await using setup = await setUp();
  const maxWaitMs = value as number;
  await setup.client.getToken();

  const error = await rejectionOf(setup.client.getToken({ maxWaitMs }));

  expect(error).toMatchObject({ kind: "config", option: "maxWaitMs" });
});

it("shows the token at once while a fresh one is held, and asks nobody for it", async () => {
  await using setup = await setUp();
  const { client, server } = setup;

  const before = client.peekToken();
  await delay(20);
  const requests = server.seen.length;
  const token = await client.getToken();

  expect(before).toBeUndefined();
  expect(requests).toBe(0);
  expect(client.peekToken()).toBe(token);
  expect(client.with({ scope: ["other"] }).peekToken()).toBeUndefined();
  await client.close();
  expect(client.peekToken()).toBeUndefined();
});

it("returns the token or the error as a value", async () => {
  await using setup = await setUp();
  const { client, server } = setup;

  const good = await client.tryGetToken();
  server.script.token = () => ({ status: 400, body: { error: "invalid_scope" } });
  const bad = await client.tryGetToken({ scope: ["x"] });

  expect(good).toMatchObject({ ok: true, value: { value: "access-token-1" } });
  expect(bad).toMatchObject({ ok: false, failure: { kind: "oauth", error: "invalid_scope" } });
});

it("CLI-28 tells another HTTP client how to repeat its request, once", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  await client.getToken();
  const rejection = {
    status: 401,
    header: (name: string) =>
      name === "www-authenticate" ? 'Bearer error="invalid_token"' : undefined,
    canRepeat: true,
  };

  const attempt = await client.authorize({ method: "GET", url: path });
  const good = await attempt.next({ ...rejection, status: 200 });
  const next = await attempt.next(rejection);
  const third = await next?.next(rejection);

  expect(attempt.headers).toEqual({ authorization: "Bearer access-token-1" });
  expect(good).toBeUndefined();
  expect(next?.headers).toEqual({ authorization: "Bearer access-token-2" });
  expect(third).toBeUndefined();
  expect(server.tokenRequests()).toHaveLength(2);
});

it("CLI-28 has no next attempt for a body that cannot be sent again, and drops the token", async () => {
  await using setup = await setUp();
  const { client } = setup;
  await client.getToken();

  const attempt = await client.authorize({ method: "POST", url: path });
  const header = (): string => 'Bearer error="invalid_token"';
  const next = await attempt.next({ status: 401, header, canRepeat: false });

  expect(next).toBeUndefined();
  expect(client.peekToken()).toBeUndefined();
});
