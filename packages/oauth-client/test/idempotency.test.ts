import { parseIdempotencyKey } from "@credicorp/oauth-core/protocol";
import { expect, it } from "vitest";
import { setUp } from "./support/client.ts";

const path = "/partner/v1/applications";
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it("gives each POST a key, which stays the same when the call is repeated after a 401", async () => {
  await using setup = await setUp({ idempotencyKeys: true });
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();

  await client.fetch(path, { method: "post", body: "{}" });
  await client.fetch(path, { method: "POST", body: "{}" });

  const keys = server.apiCalls().map(({ idempotencyKey }) => idempotencyKey ?? "");
  expect(keys).toHaveLength(3);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
  expect(parseIdempotencyKey(keys[0] ?? "")).toMatchObject({
    ok: true,
    value: expect.stringMatching(uuid),
  });
});

it("keeps the key of the caller", async () => {
  await using setup = await setUp({ idempotencyKeys: true });
  const { client, server } = setup;
  const headers = new Headers({ "Idempotency-Key": '"mine"' });

  await client.fetch(path, { method: "POST", body: "{}", headers });
  await client.fetch(new Request(server.url + path, { method: "POST", body: "{}", headers }));

  expect(server.apiCalls().map(({ idempotencyKey }) => idempotencyKey)).toEqual([
    '"mine"',
    '"mine"',
  ]);
});

it("adds no key to other methods, and none unless it is asked to", async () => {
  await using asked = await setUp({ idempotencyKeys: true });
  await using silent = await setUp();

  await asked.client.fetch(path);
  await asked.client.fetch(path, { method: "PUT", body: "{}" });
  await silent.client.fetch(path, { method: "POST", body: "{}" });

  const calls = [...asked.server.apiCalls(), ...silent.server.apiCalls()];
  expect(calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
