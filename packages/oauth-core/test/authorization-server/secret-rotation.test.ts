import { setImmediate } from "node:timers/promises";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RecordStore } from "@credicorp/oauth-core";
import type { ClientRecord, IssuedClientSecret } from "@credicorp/oauth-core/authorization-server";
import {
  createMemoryRecordStore,
  isMadeClientSecret,
} from "@credicorp/oauth-core/authorization-server";

import { bytes, digest } from "../support/node-ports.ts";
import { createAssertionSetting } from "./support/assertion-client.ts";
import type { TestServer } from "./support/test-server.ts";
import { basic, createTestServer, paths, secrets } from "./support/test-server.ts";

const now = 1_700_000_000;
const unlimited = { token: null, address: null, failedAuthentication: null } as const;
const rotation = { environment: "live", overlapSeconds: 600 };

async function statusOf(server: TestServer, secret: string): Promise<number> {
  const headers = [basic("basic", secret)];
  return (await server.post(paths.token, { grant_type: "client_credentials" }, { headers })).status;
}

async function rotate(
  server: TestServer,
  options: Partial<Parameters<TestServer["rotateClientSecret"]>[1]> = {},
): Promise<IssuedClientSecret> {
  const rotated = await server.rotateClientSecret("basic", { ...rotation, ...options });
  if (!rotated.ok) throw new Error(rotated.failure);
  return rotated.value;
}

/** A store whose answers take a turn of the event loop, in which others write. */
function createSlowClients(): RecordStore<ClientRecord> {
  const store = createMemoryRecordStore<ClientRecord>();
  return {
    get: async (id) => {
      await setImmediate();
      return store.get(id);
    },
    list: store.list,
    compareAndSet: async (...input) => {
      await setImmediate();
      return store.compareAndSet(...input);
    },
  };
}

describe("rotation of client secrets", () => {
  it("AUTH-10 makes a secret that is good at once, beside the old one for as long as they overlap", async () => {
    const server = await createTestServer({ limits: unlimited });

    const { secret, id } = await rotate(server);

    expect(await isMadeClientSecret(secret, { bytes, digest })).toBe(true);
    expect(secret).toMatch(/^credicorp_live_/);
    expect([await statusOf(server, secrets.basic), await statusOf(server, secret)]).toEqual([
      200, 200,
    ]);
    server.clock.advance(599);
    expect([await statusOf(server, secrets.basic), await statusOf(server, secret)]).toEqual([
      200, 200,
    ]);
    server.clock.advance(1);
    expect([await statusOf(server, secrets.basic), await statusOf(server, secret)]).toEqual([
      401, 200,
    ]);
    expect((await server.clientSecrets("basic"))?.at(-1)?.id).toBe(id);
  });

  it("AUTH-10 keeps the old secret good until a later one begins, and for the overlap from then on", async () => {
    const server = await createTestServer({ limits: unlimited });

    const { secret } = await rotate(server, { notBefore: now + 1000 });

    server.clock.advance(999);
    expect([await statusOf(server, secrets.basic), await statusOf(server, secret)]).toEqual([
      200, 401,
    ]);
    server.clock.advance(1);
    expect([await statusOf(server, secrets.basic), await statusOf(server, secret)]).toEqual([
      200, 200,
    ]);
    server.clock.advance(599);
    expect(await statusOf(server, secrets.basic)).toBe(200);
    server.clock.advance(1);
    expect([await statusOf(server, secrets.basic), await statusOf(server, secret)]).toEqual([
      401, 200,
    ]);
  });

  it("never gives an older secret a longer life", async () => {
    const server = await createTestServer({ limits: unlimited });

    const first = await rotate(server, { overlapSeconds: 10 });
    await rotate(server, { overlapSeconds: 1000 });

    const [old, second, third] = (await server.clientSecrets("basic")) ?? [];
    expect(second?.id).toBe(first.id);
    expect([old?.expiresAt, second?.expiresAt, third?.expiresAt]).toEqual([
      now + 10,
      now + 1000,
      undefined,
    ]);
  });

  it("AUTH-10 shows when each secret is good and was used, and never the secret or its digest", async () => {
    const server = await createTestServer({ limits: unlimited });
    const { secret, id } = await rotate(server);
    await statusOf(server, secrets.basic);
    server.clock.advance(5);
    await statusOf(server, secret);

    const listed = await server.clientSecrets("basic");

    expect(listed).toEqual([
      { id: expect.any(String), expiresAt: now + 600, lastUsedAt: now },
      { id, lastUsedAt: now + 5 },
    ]);
    const rows = await server.ports.clients.list();
    const digests = rows.flatMap(({ value }) => value.secrets.map((kept) => kept.digest));
    for (const text of [secret, secrets.basic, ...digests]) {
      expect(JSON.stringify([listed, server.events])).not.toContain(text);
    }
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(await server.clientSecrets("nobody")).toBeUndefined();
  });

  it("reports what was done, without secrets", async () => {
    const server = await createTestServer();
    const { id } = await rotate(server);
    await server.revokeClientSecret("basic", id);

    expect(server.events).toMatchObject([
      { type: "client_secret_rotated", clientId: "basic", secretId: id, overlapSeconds: 600 },
      { type: "client_secret_revoked", clientId: "basic", secretId: id },
    ]);
  });

  it("ends a secret at once, for good, even where the clock is set back", async () => {
    const server = await createTestServer({ limits: unlimited });
    const { secret } = await rotate(server);
    const [old] = (await server.clientSecrets("basic")) ?? [];

    const revoked = await server.revokeClientSecret("basic", old?.id ?? "");

    expect(revoked).toMatchObject({ ok: true, value: { id: old?.id } });
    server.clock.setNow(now - 100);
    expect([await statusOf(server, secrets.basic), await statusOf(server, secret)]).toEqual([
      401, 200,
    ]);
  });

  it("keeps eight secrets at most: expired ones make room, and good ones are never dropped", async () => {
    const server = await createTestServer({ limits: unlimited });
    for (let count = 1; count < 8; count += 1) await rotate(server);

    const ninth = await server.rotateClientSecret("basic", rotation);
    expect(ninth).toEqual({ ok: false, failure: "too_many_secrets" });
    expect(await server.clientSecrets("basic")).toHaveLength(8);
    server.clock.advance(600);
    const { secret } = await rotate(server);
    expect(await server.clientSecrets("basic")).toHaveLength(8);
    expect(await statusOf(server, secret)).toBe(200);
  });

  it("says why nothing was changed", async () => {
    const { server } = await createAssertionSetting();

    expect(await server.rotateClientSecret("nobody", rotation)).toMatchObject({
      failure: "client_unknown",
    });
    expect(await server.rotateClientSecret("signer", rotation)).toMatchObject({
      failure: "client_without_secret",
    });
    expect(await server.revokeClientSecret("nobody", "x")).toMatchObject({
      failure: "client_unknown",
    });
    expect(await server.revokeClientSecret("basic", "x")).toMatchObject({
      failure: "secret_unknown",
    });
    expect(server.events).toEqual([]);
  });

  it.each([
    [{ environment: "Live" }, "environment"],
    [{ environment: "" }, "environment"],
    [{ overlapSeconds: -1 }, "overlapSeconds"],
    [{ overlapSeconds: 1.5 }, "overlapSeconds"],
    [{ notBefore: Number.NaN }, "notBefore"],
  ] as const)("refuses a rotation with %j", async (wrong, option) => {
    const server = await createTestServer();

    await expect(rotate(server, wrong)).rejects.toMatchObject({ option });
  });

  it("AUTH-10 loses neither a secret nor a last use, whatever happens at the same time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("use", "rotate"), { maxLength: 6 }),
        async (jobs) => {
          const server = await createTestServer(
            { limits: unlimited },
            { clients: createSlowClients() },
          );
          const before = await rotate(server);

          const made = await Promise.all([
            statusOf(server, secrets.basic),
            statusOf(server, before.secret),
            ...jobs.map(async (job) =>
              job === "use" ? statusOf(server, before.secret) : rotate(server),
            ),
          ]);

          const good = made.flatMap((result) =>
            typeof result === "object" ? [result.secret] : [],
          );
          for (const secret of [secrets.basic, before.secret, ...good]) {
            expect(await statusOf(server, secret)).toBe(200);
          }
          const listed = (await server.clientSecrets("basic")) ?? [];
          expect(listed).toHaveLength(2 + good.length);
          expect(listed.map(({ lastUsedAt }) => lastUsedAt)).toEqual(listed.map(() => now));
        },
      ),
      { numRuns: Math.min(500, fc.readConfigureGlobal().numRuns ?? 100) },
    );
  });

  it("AUTH-10 writes a last use into the record of that moment: what was revoked meanwhile stays revoked", async () => {
    const server = await createTestServer({ limits: unlimited }, { clients: createSlowClients() });
    const { id, secret } = await rotate(server);

    const [status] = await Promise.all([
      statusOf(server, secret),
      server.revokeClientSecret("basic", id),
    ]);

    expect([200, 401]).toContain(status);
    expect(await statusOf(server, secret)).toBe(401);
    expect(await server.clientSecrets("basic")).toHaveLength(1);
  });
});
