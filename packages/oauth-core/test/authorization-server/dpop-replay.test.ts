import type { ReplayStore } from "@credicorp/oauth-core";
import { createMemoryReplayStore } from "@credicorp/oauth-core/authorization-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

import { createDpopKey } from "../support/dpop-key.ts";
import { createDpopSetting, tokenUrl } from "./support/dpop-client.ts";

const rounds = process.env["CREDICORP_TEST_LONG"] === "1" ? 10_000 : 200;
const unlimited = { limits: { token: null, address: null } };

/** A store that notes what it is asked to keep. */
function createSpyStore(
  store: ReplayStore = createMemoryReplayStore({ now: () => 0 }),
): ReplayStore & { readonly entries: [string, number][] } {
  const entries: [string, number][] = [];
  return {
    entries,
    putIfAbsent: (key, expiresAt) => {
      entries.push([key, expiresAt]);
      return store.putIfAbsent(key, expiresAt);
    },
  };
}

/** A store on the other end of a network: 2 ms away, as atomic as the one behind it. */
function createRemoteStore(): ReplayStore {
  const store = createMemoryReplayStore({ now: () => 0 });
  return {
    putIfAbsent: async (key, expiresAt) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const isFirst = await store.putIfAbsent(key, expiresAt);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return isFirst;
    },
  };
}

describe("the replay of a DPoP proof", () => {
  it("DPOP-05 ATK-47 is refused as long as the time of the proof would pass", async () => {
    const { server, prove, ask } = await createDpopSetting();
    const proof = await prove({ issuedAt: server.clock.now() + 60 });

    const statuses = [(await ask(proof)).status];
    for (const seconds of [0, 1, 59, 59, 1]) {
      server.clock.advance(seconds);
      const response = await ask(proof);
      statuses.push(response.status);
      expect(response.json["error"]).toBe("invalid_dpop_proof");
      expect(server.events.at(-1)).toMatchObject({ why: "dpop_replayed" });
    }
    server.clock.advance(0.5);

    expect(statuses).toEqual([200, 400, 400, 400, 400, 400]);
    expect((await ask(proof)).status).toBe(400);
    expect(server.events.at(-1)).toMatchObject({ why: "dpop_time" });
  });

  it("DPOP-05 is refused to every client, and with another signature of the same claims", async () => {
    const { server, key, ask } = await createDpopSetting();
    const payload = { htm: "POST", htu: tokenUrl, iat: server.clock.now(), jti: "a" };
    const [first, second] = [await key.sign(payload), await key.sign(payload)];

    expect(first).not.toBe(second);
    expect((await ask(first)).status).toBe(200);
    expect((await ask(first, { client: "other" })).status).toBe(400);
    expect((await ask(second)).status).toBe(400);
  });

  it("ATK-09 is refused with the twin of its signature", async () => {
    const { prove, ask } = await createDpopSetting();
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const proof = await prove();
    const [header, payload, signature = ""] = proof.split(".");
    const bytes = Buffer.from(signature, "base64url");
    const s = order - BigInt(`0x${bytes.subarray(32).toString("hex")}`);
    const twin = Buffer.concat([
      bytes.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, "0"), "hex"),
    ]);

    expect((await ask(proof)).status).toBe(200);
    expect((await ask(`${header}.${payload}.${twin.toString("base64url")}`)).status).toBe(400);
  });

  it("DPOP-05 is not what another key does with the same jti", async () => {
    const { server, ask } = await createDpopSetting();
    const claims = { method: "POST", url: tokenUrl, issuedAt: server.clock.now(), jti: "a" };
    const [one, other] = [await createDpopKey(), await createDpopKey()];

    expect((await ask(await one.prove(claims))).status).toBe(200);
    expect((await ask(await other.prove(claims))).status).toBe(200);
  });

  it("DPOP-05 ATK-47 passes exactly one of ten identical proofs at once, round after round", async () => {
    const { prove, ask } = await createDpopSetting(unlimited);

    for (let round = 0; round < rounds; round += 1) {
      const proof = await prove();
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask(proof)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    }
  }, 1_800_000);

  it("DPOP-05 ATK-47 passes exactly one where the store is 2 ms away", async () => {
    const { prove, ask } = await createDpopSetting(unlimited, { replayStore: createRemoteStore() });

    for (let round = 0; round < 20; round += 1) {
      const proof = await prove();
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask(proof)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    }
  });

  it.each<[string, ReplayStore["putIfAbsent"]]>([
    ["rejects", () => Promise.reject(new Error("redis://secret@10.0.0.1 refused"))],
    [
      "throws",
      () => {
        throw new Error("redis://secret@10.0.0.1 refused");
      },
    ],
  ])("ATK-47 is assumed while the store %s: 503, and no token", async (_name, putIfAbsent) => {
    const { server, prove, ask } = await createDpopSetting({}, { replayStore: { putIfAbsent } });

    const response = await ask(await prove());

    expect(response).toMatchObject({ status: 503, json: { error: "temporarily_unavailable" } });
    expect(response.header("retry-after")).toBe("1");
    expect(response.body).not.toMatch(/redis|access_token/);
    expect(server.events.at(-1)).toMatchObject({ why: "store_unavailable", clientId: "basic" });
    expect((await ask([])).status).toBe(200);
  });

  it("TOK-22 ATK-47 is remembered for accepted proofs alone, after every other check", async () => {
    const replayStore = createSpyStore();
    const { server, key, prove, ask } = await createDpopSetting({}, { replayStore });
    const proof = await prove();

    await ask(proof, { form: { grant_type: "password" } });
    await ask(proof, { form: { grant_type: "client_credentials", scope: "unknown" } });
    await ask(proof, { client: "nonce" });
    await ask(await prove({ method: "GET" }));
    await ask(`${proof.slice(0, -4)}AAAA`);
    await ask([proof, proof]);
    await ask([]);
    expect(replayStore.entries).toEqual([]);

    expect((await ask(proof)).status).toBe(200);
    const [[name, expiresAt] = ["", 0]] = replayStore.entries;
    expect(name).toMatch(new RegExp(`^dpop ${key.thumbprint} [\\w-]{43}$`));
    expect(expiresAt).toBeGreaterThan(server.clock.now() + 60);
    expect(expiresAt).toBeLessThanOrEqual(server.clock.now() + 75);
  });

  it("ATK-47 is remembered within bounds: by digest, and within the client's budget", async () => {
    const replayStore = createSpyStore();
    const { prove, ask } = await createDpopSetting(
      { limits: { token: { limit: 5, windowSeconds: 60 } } },
      { replayStore },
    );

    for (let count = 0; count < 20; count += 1) {
      await ask(await prove({ jti: `${count}`.padStart(1000, "x") }));
    }

    expect(replayStore.entries).toHaveLength(5);
    for (const [name] of replayStore.entries) expect(name.length).toBeLessThan(100);
  });

  it("ATK-47 is forgotten by the store of one process, after the proof's time", async () => {
    const clock = createControlledClock();
    const store = createMemoryReplayStore(clock);
    const { entries, putIfAbsent } = createSpyStore(store);
    const { prove, ask } = await createDpopSetting({}, { clock, replayStore: { putIfAbsent } });
    await ask(await prove());
    const [[name] = [""]] = entries;

    clock.advance(60);
    const atTheEnd = await store.putIfAbsent(name, clock.now() + 1);
    clock.advance(15);
    const later = await store.putIfAbsent(name, clock.now() + 1);

    expect([atTheEnd, later]).toEqual([false, true]);
  });
});
