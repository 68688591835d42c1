import { describe, expect, it } from "vitest";

import type { RecordStore, Sleep } from "@credicorp/oauth-core";
import type { KeyRecord } from "@credicorp/oauth-core/authorization-server";
import { createMemoryRecordStore } from "@credicorp/oauth-core/authorization-server";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";

import type { TestServer } from "./support/test-server.ts";
import { createTestServer, paths, readToken } from "./support/test-server.ts";

const day = 86_400;
const keyRotation = { everySeconds: day };
const now = 1_700_000_000;

async function shownKids(server: TestServer): Promise<readonly unknown[]> {
  const { json } = await server.request({ target: paths.jwks });
  return (json["keys"] as PublicJwk[]).map(({ kid }) => kid);
}

async function signingKid(server: TestServer): Promise<unknown> {
  return (await readToken(server, await server.issueToken())).header["kid"];
}

/** Sleeps by moving the clock of a server, and ends the loop at the given number of waits. */
function createSleep(
  server: TestServer,
  maxWaits: number,
): { readonly sleep: Sleep; readonly signal: AbortSignal; readonly waitsMs: number[] } {
  const controller = new AbortController();
  const waitsMs: number[] = [];
  const sleep: Sleep = async (ms) => {
    waitsMs.push(ms);
    server.clock.advance(ms / 1000);
    if (waitsMs.length === maxWaits) controller.abort();
  };
  return { sleep, signal: controller.signal, waitsMs };
}

/** Lets a store fail for as long as it is told to. */
function createFlakyKeys(): RecordStore<KeyRecord> & { isDown: boolean } {
  const store = createMemoryRecordStore<KeyRecord>();
  const flaky = {
    ...store,
    isDown: false,
    list: () => {
      if (flaky.isDown) throw new Error("the store is away");
      return store.list();
    },
  };
  return flaky;
}

describe("rotation of signing keys by schedule", () => {
  it("JWK-04 announces a key in time, so that it signs at the due moment, and removes the old one after its tokens", async () => {
    const server = await createTestServer({ keyRotation });
    const [first] = await shownKids(server);

    expect(await server.maintainKeys()).toBe(now + day - 600);
    server.clock.advance(day - 601);
    await server.maintainKeys();
    expect(await shownKids(server)).toEqual([first]);
    server.clock.advance(1);
    await server.maintainKeys();
    const [, second] = await shownKids(server);
    server.clock.advance(599);
    expect([await signingKid(server), await shownKids(server)]).toEqual([first, [first, second]]);
    server.clock.advance(1);
    expect(await signingKid(server)).toBe(second);
    server.clock.advance(3600 + 599);
    expect(await shownKids(server)).toEqual([first, second]);
    server.clock.advance(1);
    expect(await shownKids(server)).toEqual([second]);
  });

  it("deletes the row of a removed key, an hour later", async () => {
    const server = await createTestServer({ keyRotation });
    const [first] = await server.ports.keys.list();
    await server.rotate();

    server.clock.advance(3600 + 300 + 3599);
    await server.maintainKeys();
    expect(await server.ports.keys.get(first?.id ?? "")).toBeDefined();
    server.clock.advance(1);
    await server.maintainKeys();
    expect(await server.ports.keys.get(first?.id ?? "")).toBeUndefined();
  });

  it("rotates once where many nodes look at once", async () => {
    const server = await createTestServer({ keyRotation });
    server.clock.advance(day);

    await Promise.all(Array.from({ length: 20 }, () => server.maintainKeys()));

    expect(await shownKids(server)).toHaveLength(2);
    expect(server.events.filter(({ type }) => type === "signing_key_rotated")).toEqual([
      expect.objectContaining({ algorithm: "ES256", signAt: now + day + 600, by: "schedule" }),
    ]);
  });

  it("makes a key that signs at once where there is none", async () => {
    const server = await createTestServer({}, { keys: createMemoryRecordStore<KeyRecord>() });
    for (const { id, version } of await server.ports.keys.list()) {
      await server.ports.keys.compareAndSet(id, version, undefined);
    }

    await server.maintainKeys();

    expect(await signingKid(server)).toEqual((await shownKids(server))[0]);
  });

  it("rotates every algorithm that has a key", async () => {
    const server = await createTestServer({ keyRotation });
    await server.rotate("Ed25519");
    server.clock.advance(day);

    await server.maintainKeys();

    const algorithms = (await server.ports.keys.list()).map(({ value }) => value.algorithm);
    expect(algorithms.toSorted()).toEqual(["ES256", "ES256", "Ed25519", "Ed25519"]);
  });

  it("keeps the keys for days, looking once a minute at most, until it is told to stop", async () => {
    const server = await createTestServer({ keyRotation });
    const { sleep, signal, waitsMs } = createSleep(server, (3 * day) / 60);

    await server.keepKeys(sleep, signal);

    const rotations = server.events.filter(({ type }) => type === "signing_key_rotated");
    expect(rotations.map((event) => "signAt" in event && event.signAt)).toEqual([
      now + day,
      now + 2 * day,
      now + 3 * day,
    ]);
    expect(Math.max(...waitsMs)).toBe(60_000);
    expect(await server.ports.keys.list()).toHaveLength(2);
  });

  it("outlives failures of the store, reports each, and asks less and less often", async () => {
    const keys = createFlakyKeys();
    const server = await createTestServer({ keyRotation }, { keys });
    server.clock.advance(day);
    const { sleep, signal, waitsMs } = createSleep(server, 12);

    keys.isDown = true;
    await server.keepKeys(async (ms, ...rest) => {
      if (waitsMs.length === 9) keys.isDown = false;
      await sleep(ms, ...rest);
    }, signal);

    expect(waitsMs.slice(0, 8)).toEqual([1500, 3000, 6000, 12_000, 24_000, 48_000, 60_000, 60_000]);
    const types = server.events.map(({ type }) => type);
    expect(types.filter((type) => type === "key_maintenance_failed")).toHaveLength(10);
    expect(types.at(-1)).toBe("signing_key_rotated");
  });

  it("survives a listener that fails", async () => {
    const server = await createTestServer(
      { keyRotation },
      {
        audit: () => {
          throw new Error("the listener is broken");
        },
      },
    );
    server.clock.advance(day);

    await expect(server.maintainKeys()).resolves.toBeDefined();
    await expect(server.rotateKey()).resolves.toBeDefined();
  });
});

describe("rotation of signing keys by command", () => {
  it("JWK-06 announces the key for twice the cache time of the JWKS, and shows no private part", async () => {
    const server = await createTestServer({ documentMaxAgeSeconds: 120 });

    const key = await server.rotateKey();

    expect(key).toMatchObject({ algorithm: "ES256", announceAt: now, signAt: now + 240 });
    expect(JSON.stringify([key, server.events])).not.toMatch(/"d"|jwk/);
    expect(server.events.at(-1)).toMatchObject({
      type: "signing_key_rotated",
      kid: key.kid,
      by: "command",
    });
  });

  it("JWK-04 lets each of many rotations at one moment follow on another, the last one signing", async () => {
    const server = await createTestServer();

    for (let round = 0; round < 20; round += 1) {
      const { kid } = await server.rotateKey({ announceSeconds: 0 });
      expect(await signingKid(server)).toBe(kid);
    }
    await Promise.all(Array.from({ length: 20 }, () => server.rotateKey({ announceSeconds: 0 })));

    const rows = (await server.ports.keys.list()).map(({ value }) => value);
    expect(rows).toHaveLength(41);
    expect(rows.filter(({ retainAt }) => retainAt === undefined)).toHaveLength(1);
    expect(rows.filter(({ successor }) => successor !== undefined)).toEqual([]);
  });

  it("lets an urgent key sign before one that is announced already, which follows in its time", async () => {
    const server = await createTestServer();
    const announced = await server.rotateKey();

    const urgent = await server.rotateKey({ announceSeconds: 0 });

    expect(await signingKid(server)).toBe(urgent.kid);
    server.clock.advance(600);
    expect(await signingKid(server)).toBe(announced.kid);
    expect((await server.ports.keys.get(urgent.kid))?.value.retainAt).toBe(now + 600);
  });

  it.each([1, 2, 3])(
    "completes, with the next look of any node, what a node has left undone when it died at write %i",
    async (deadlyWrite) => {
      const keys = createMemoryRecordStore<KeyRecord>();
      const server = await createTestServer({}, { keys });
      let writes = 0;
      const dying = await createTestServer(
        {},
        {
          ...server.ports,
          keys: {
            ...keys,
            compareAndSet: (...input) => {
              const isDone = keys.compareAndSet(...input);
              writes += 1;
              if (writes === deadlyWrite) throw new Error("the node died");
              return isDone;
            },
          },
        },
      ).catch(() => undefined);

      await server.maintainKeys();

      const rows = keys.list().map(({ value }) => value);
      expect(dying).toBeUndefined();
      expect(rows.map(({ retainAt }) => retainAt)).toEqual([now, undefined]);
      expect(rows.filter(({ successor }) => successor !== undefined)).toEqual([]);
      expect(await signingKid(server)).toBe(rows[1]?.kid);
    },
  );
});

describe("configuration of key rotation", () => {
  it.each([
    [{ announceSeconds: 299 }, "keyRotation.announceSeconds"],
    [{ announceSeconds: 300.5 }, "keyRotation.announceSeconds"],
    [{ everySeconds: 599 }, "keyRotation.everySeconds"],
    [{ everySeconds: 86_400.5 }, "keyRotation.everySeconds"],
    [{ everySeconds: 1000, announceSeconds: 1001 }, "keyRotation.everySeconds"],
  ] as const)("JWK-05 refuses %j: others may keep the JWKS for longer", async (wrong, option) => {
    await expect(createTestServer({ keyRotation: wrong })).rejects.toMatchObject({ option });
  });

  it("JWK-05 lets nobody keep the JWKS for longer than a key is announced", async () => {
    const server = await createTestServer({
      keyRotation: { everySeconds: 1000, announceSeconds: 300 },
    });

    const { headers } = await server.request({ target: paths.jwks });
    const { announceAt, signAt } = await server.rotateKey();

    expect(headers).toContainEqual(["Cache-Control", `public, max-age=${signAt - announceAt}`]);
    expect(server.policy.keyRotation).toEqual({ everySeconds: 1000, announceSeconds: 300 });
  });
});
