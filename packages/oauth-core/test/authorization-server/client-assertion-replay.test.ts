import { setTimeout } from "node:timers/promises";

import { describe, expect, it, vi } from "vitest";

import type { ReplayStore } from "@credicorp/oauth-core";
import { createMemoryReplayStore } from "@credicorp/oauth-core/authorization-server";

import { createAssertionSetting, grantType, unlimited } from "./support/assertion-client.ts";
import { basic, paths } from "./support/test-server.ts";

const now = 1_700_000_000;
const isLong = process.env["CREDICORP_TEST_LONG"] === "1";

const stores: readonly {
  readonly name: string;
  readonly rounds: number;
  readonly delayMs: number;
}[] = [
  { name: "in memory", rounds: isLong ? 10_000 : 200, delayMs: 0 },
  { name: "2 ms away", rounds: isLong ? 10_000 : 200, delayMs: 2 },
];

/** A store that is as far away as another machine. */
function createDistantStore(delayMs: number): ReplayStore {
  const store = createMemoryReplayStore({ now: () => now });
  if (delayMs === 0) return store;
  return {
    putIfAbsent: async (key, expiresAt) => {
      await setTimeout(delayMs / 2);
      const isFirst = await store.putIfAbsent(key, expiresAt);
      await setTimeout(delayMs / 2);
      return isFirst;
    },
  };
}

describe("replay of client assertions", () => {
  it.each([paths.token, paths.introspection, paths.revocation])(
    "JWT-04 is refused at %s, and wherever the assertion was used before",
    async (path) => {
      const { server, assert, send } = await createAssertionSetting(unlimited);
      const assertion = assert();

      expect((await send(assertion, { path })).status).toBe(200);
      for (const other of [paths.token, paths.introspection, paths.revocation]) {
        const replay = await send(assertion, { path: other });
        expect(replay).toMatchObject({ status: 401, json: { error: "invalid_client" } });
        expect(server.events.at(-1)).toMatchObject({
          why: "assertion_replayed",
          clientId: "signer",
        });
      }
    },
  );

  it("JWT-04 AUTH-06 is answered as any other failed authentication", async () => {
    const { server, assert, send } = await createAssertionSetting(unlimited);
    const reference = await server.post(paths.token, grantType, { headers: [basic("x", "wrong")] });
    const assertion = assert();
    await send(assertion);

    const { status, headers, body } = await send(assertion);

    expect([status, body]).toEqual([reference.status, reference.body]);
    expect(headers.map(([name]) => name)).toEqual(reference.headers.map(([name]) => name));
  });

  it.each(stores)(
    "JWT-04 ten at once with a store $name: exactly one is accepted per round",
    { timeout: isLong ? 600_000 : 60_000 },
    async ({ rounds, delayMs }) => {
      const replayStore = createDistantStore(delayMs);
      const { assert, send } = await createAssertionSetting(unlimited, { replayStore });

      for (let round = 0; round < rounds; round += 1) {
        const assertion = assert();
        const responses = await Promise.all(Array.from({ length: 10 }, () => send(assertion)));
        const statuses = responses.map(({ status }) => status).toSorted((a, b) => a - b);
        expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 401)]);
      }
    },
  );

  it("JWT-04 is refused until the assertion has expired", async () => {
    const { server, assert, send } = await createAssertionSetting();
    const assertion = assert({ exp: now + 60 });
    await send(assertion);

    server.clock.setNow(now + 69.9);
    await send(assertion);
    expect(server.events.at(-1)).toMatchObject({ why: "assertion_replayed" });
    server.clock.setNow(now + 70);
    await send(assertion);
    expect(server.events.at(-1)).toMatchObject({ why: "assertion_expired" });
  });

  it("JWT-04 is kept per client, and ids of any length are kept as digests", async () => {
    const putIfAbsent = vi.fn<ReplayStore["putIfAbsent"]>(() => true);
    const { register, assert, send } = await createAssertionSetting(
      {},
      { replayStore: { putIfAbsent } },
    );
    await register({ id: "signer2" });
    const jti = "x".repeat(5000);

    expect((await send(assert({ jti }))).status).toBe(200);
    expect((await send(assert({ jti, iss: "signer2", sub: "signer2" }))).status).toBe(200);

    const keys = putIfAbsent.mock.calls.map(([key]) => key);
    expect(keys).toEqual([
      expect.stringMatching(/^client_assertion signer [\w-]{43}$/),
      expect.stringMatching(/^client_assertion signer2 [\w-]{43}$/),
    ]);
  });

  it("TOK-22 uses an assertion up only after grant type, scope and resource have been checked", async () => {
    const { assert, send } = await createAssertionSetting();
    const assertion = assert();

    const refused = [
      await send(assertion, { form: { grant_type: "" } }),
      await send(assertion, { form: { grant_type: "password" } }),
      await send(assertion, { form: { scope: "unknown" } }),
      await send(assertion, { form: { resource: "https://other.example.com" } }),
    ];

    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect((await send(assertion)).status).toBe(200);
  });

  it.each([paths.introspection, paths.revocation])(
    "TOK-22 uses an assertion up right after authentication at %s",
    async (path) => {
      const { assert, send } = await createAssertionSetting();
      const assertion = assert();

      expect((await send(assertion, { path, form: { token: "" } })).status).toBe(400);
      expect((await send(assertion, { path })).status).toBe(401);
    },
  );

  it("uses up no assertion that does not authenticate", async () => {
    const putIfAbsent = vi.fn<ReplayStore["putIfAbsent"]>(() => true);
    const { assert, send } = await createAssertionSetting({}, { replayStore: { putIfAbsent } });

    await send(`${assert().slice(0, -4)}AAAA`);
    await send(assert({ aud: "https://other.example.com" }));

    expect(putIfAbsent).not.toHaveBeenCalled();
  });

  it.each([paths.token, paths.introspection, paths.revocation])(
    "ATK-47 JWT-04 fails closed at %s while the store is down",
    async (path) => {
      const replayStore = { putIfAbsent: () => Promise.reject(new Error("down")) };
      const { server, assert, send } = await createAssertionSetting({}, { replayStore });

      const response = await send(assert(), { path });

      expect(response).toMatchObject({ status: 503, json: { error: "temporarily_unavailable" } });
      expect(response.header("retry-after")).toBe("1");
      expect(server.events.at(-1)).toMatchObject({ why: "store_unavailable" });
    },
  );

  it("AUTH-07 spends the failures of the address that sends a used assertion again", async () => {
    const { assert, send } = await createAssertionSetting();
    const assertion = assert();
    await send(assertion);
    for (let count = 0; count < 10; count += 1) await send(assertion);

    expect((await send(assertion)).status).toBe(429);
    expect((await send(assert(), { address: "203.0.113.9" })).status).toBe(200);
  });
});
