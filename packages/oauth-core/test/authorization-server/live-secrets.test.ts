import { describe, expect, it, vi } from "vitest";

import type { Digest } from "@credicorp/oauth-core";

import { digest } from "../support/node-ports.ts";
import type { TestServer } from "./support/test-server.ts";
import { basic, createTestServer, paths } from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };
const now = 1_700_000_000;
const live = "live-secret-0123456789-ABCDEFGHIJ";

async function setUp(): Promise<TestServer> {
  const server = await createTestServer();
  await server.register({
    id: "windows",
    tokenEndpointAuthMethod: "client_secret_basic",
    scope: ["decisions:read"],
    secrets: [
      { secret: "old-secret-0123456789-ABCDEFGHIJK", expiresAt: now },
      { secret: live, notBefore: now - 100, expiresAt: now + 100 },
      { secret: "new-secret-0123456789-ABCDEFGHIJK", notBefore: now + 1 },
    ],
  });
  await server.register({
    id: "suspended",
    tokenEndpointAuthMethod: "client_secret_basic",
    secret: live,
    enabled: false,
  });
  return server;
}

describe("secrets with dates", () => {
  it("AUTH-10 accepts every secret that is live, within its dates", async () => {
    const server = await setUp();
    const statusAt = async (secret: string, at: number): Promise<number> => {
      server.clock.setNow(at);
      return (await server.post(paths.token, grantType, { headers: [basic("windows", secret)] }))
        .status;
    };
    const [old, next] = [
      "old-secret-0123456789-ABCDEFGHIJK",
      "new-secret-0123456789-ABCDEFGHIJK",
    ] as const;

    expect(await statusAt(old, now - 0.001)).toBe(200);
    expect(await statusAt(old, now)).toBe(401);
    expect(await statusAt(live, now + 1)).toBe(200);
    expect(await statusAt(next, now + 0.999)).toBe(401);
    expect(await statusAt(next, now + 1)).toBe(200);
    expect(await statusAt(live, now + 99.9)).toBe(200);
    expect(await statusAt(live, now + 100)).toBe(401);
  });

  it("AUTH-10 compares digests with the constant-time comparison, all of them, and keeps no secret", async () => {
    const isEqual = vi.fn<Digest["isEqual"]>(digest.isEqual);
    const server = await createTestServer({}, { digest: { ...digest, isEqual } });
    await server.register({
      id: "three",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
      secrets: [{ secret: live }, { secret: `${live}2` }, { secret: `${live}3` }],
    });

    const response = await server.post(paths.token, grantType, { headers: [basic("three", live)] });

    expect(response.status).toBe(200);
    expect(isEqual).toHaveBeenCalledTimes(3);
    for (const [left, right] of isEqual.mock.calls)
      expect([left.length, right.length]).toEqual([32, 32]);
    expect(JSON.stringify(await server.ports.clients.list())).not.toContain("secret-0123456789");
  });

  it("AUTH-10 writes when a secret was last used, at most once a minute", async () => {
    const server = await setUp();
    const use = async (): Promise<number | undefined> => {
      await server.post(paths.token, grantType);
      return (await server.ports.clients.get("basic"))?.value.secrets[0]?.lastUsedAt;
    };

    expect(await use()).toBe(now);
    server.clock.advance(59);
    expect(await use()).toBe(now);
    server.clock.advance(1);
    expect(await use()).toBe(now + 60);
  });
});
