import { describe, expect, it, vi } from "vitest";

import type { Digest } from "@credicorp/oauth-core";

import { digest } from "../support/node-ports.ts";
import { createDatedSecretsServer, datedSecrets } from "./support/dated-secrets.ts";
import { basic, createTestServer, paths } from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };
const now = 1_700_000_000;
const { old, live, next } = datedSecrets;

describe("secrets with dates", () => {
  it("AUTH-10 accepts every secret that is live, within its dates", async () => {
    const server = await createDatedSecretsServer();
    const statusAt = async (secret: string, at: number): Promise<number> => {
      server.clock.setNow(at);
      return (await server.post(paths.token, grantType, { headers: [basic("windows", secret)] }))
        .status;
    };

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
    const server = await createDatedSecretsServer();
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
