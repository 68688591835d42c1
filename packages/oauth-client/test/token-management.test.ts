import { expect, it } from "vitest";
import { metadataOf } from "./support/authorization-server.ts";
import { delay, rejectionOf, setUp } from "./support/client.ts";

it("introspects a token as an authenticated client", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  server.script.introspect = () => ({
    body: { active: true, scope: "a b", client_id: "partner", exp: 1_700_000_000 },
  });

  const answer = await client.introspect("some-token");

  expect(answer).toMatchObject({
    active: true,
    scope: ["a", "b"],
    clientId: "partner",
    expiresAt: 1_700_000_000,
  });
  const request = server.seen.at(-1);
  expect(request?.form.get("token")).toBe("some-token");
  expect(request?.authorization).toMatch(/^Basic /);
});

it("refuses an introspection answer that says nothing", async () => {
  await using setup = await setUp();
  setup.server.script.introspect = () => ({ body: { active: "yes" } });

  expect(await rejectionOf(setup.client.introspect("x"))).toMatchObject({
    failure: "introspection_active_invalid",
  });
});

it("revokes a token, and does not serve it afterwards", async () => {
  await using setup = await setUp();
  const { client } = setup;
  const { value } = await client.getToken();

  await client.revoke(value);

  expect(await client.introspect(value)).toEqual({ active: false });
  expect((await client.getToken()).value).not.toBe(value);
});

it("keeps a token whose revocation failed", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  const { value } = await client.getToken();
  server.script.revoke = () => ({ status: 503, headers: { "retry-after": "3" }, body: "" });

  expect(await rejectionOf(client.revoke(value))).toMatchObject({
    status: 503,
    retryAfterMs: 3000,
  });
  expect((await client.getToken()).value).toBe(value);
});

it.each(["", undefined, 5])("refuses %j for a token, and sends nothing", async (value) => {
  await using setup = await setUp();
  const { client, server } = setup;
  const token = value as string;

  expect(await rejectionOf(client.introspect(token))).toMatchObject({ option: "token" });
  expect(await rejectionOf(client.revoke(token))).toMatchObject({ option: "token" });
  expect(server.seen).toEqual([]);
});

it("CLI-31 leaves a registered error code alone, though a token happens to be spelt like it", async () => {
  await using setup = await setUp();
  setup.server.script.introspect = () => ({
    status: 401,
    body: { error: "invalid_client", error_description: "not invalid_client" },
  });

  expect(await rejectionOf(setup.client.introspect("invalid_client"))).toMatchObject({
    error: "invalid_client",
    errorDescription: "not [redacted]",
  });
});

it("says when the server has no such endpoint", async () => {
  await using setup = await setUp();
  const { server, client } = setup;
  server.script.metadata = () => ({
    body: { ...metadataOf(server.url), revocation_endpoint: undefined },
  });

  expect(await rejectionOf(client.revoke("x"))).toMatchObject({
    kind: "config",
    option: "metadata",
  });
});

it("close aborts what is in flight, and refuses later calls", async () => {
  await using setup = await setUp({ tokenDelayMs: 5000 });
  const { client } = setup;
  const waiting = rejectionOf(client.getToken());
  await delay(50);

  await client.close();
  await client.close();

  const closed = { kind: "aborted", message: "The client was closed" };
  expect(await waiting).toMatchObject(closed);
  expect(await rejectionOf(client.getToken())).toMatchObject(closed);
  expect(await rejectionOf(client.fetch("/"))).toMatchObject(closed);
  expect(await rejectionOf(client.introspect("x"))).toMatchObject(closed);
  expect(await rejectionOf(client.revoke("x"))).toMatchObject(closed);
  expect(await rejectionOf(client.discover())).toMatchObject(closed);
});

it("stops telling a listener that has unsubscribed", async () => {
  await using setup = await setUp();
  const heard: string[] = [];
  const unsubscribe = setup.client.on("obtained", ({ type }) => heard.push(type));

  await setup.client.getToken({ scope: ["a"] });
  unsubscribe();
  await setup.client.getToken({ scope: ["b"] });

  expect(heard).toEqual(["obtained"]);
});
