import { expect, describe, it, onTestFinished, vi } from "vitest";

import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";
import type { Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";

import { tokenRequest } from "./support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";
const day = 86_400;

async function setUp(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function statusOf(
  sandbox: Sandbox,
  client: Parameters<typeof tokenRequest>[0],
): Promise<number> {
  return (await sandbox.fetch(tokenPath, tokenRequest(client))).status;
}

describe("rotation in the sandbox", () => {
  it("AUTH-10 gives a client a new secret beside the old one, and ends the old one after the overlap", async () => {
    const clock = createControlledClock();
    const sandbox = await setUp({ clock });
    const before = sandbox.clients.get("partner-basic");

    const { id, secret } = await sandbox.clients.rotateSecret("partner-basic", {
      overlapSeconds: 60,
    });

    const after = sandbox.clients.get("partner-basic");
    expect(after.secret).toBe(secret);
    expect(secret).toMatch(/^credicorp_sandbox_/);
    expect([await statusOf(sandbox, before), await statusOf(sandbox, after)]).toEqual([200, 200]);
    clock.advance(60);
    expect([await statusOf(sandbox, before), await statusOf(sandbox, after)]).toEqual([401, 200]);
    expect((await sandbox.clients.secrets("partner-basic")).map((kept) => kept.id)).toContain(id);
  });

  it("AUTH-10 leaves a new secret as it is when the client is changed", async () => {
    const sandbox = await setUp();
    const before = sandbox.clients.get("partner-basic");
    await sandbox.clients.rotateSecret("partner-basic", { overlapSeconds: 0 });

    const after = await sandbox.clients.change("partner-basic", { description: "changed" });

    expect([await statusOf(sandbox, before), await statusOf(sandbox, after)]).toEqual([401, 200]);
  });

  it("shows the old secret until a later one is good, and revokes one by its id", async () => {
    const sandbox = await setUp();
    const before = sandbox.clients.get("partner-basic");
    const notBefore = Date.now() / 1000 + 3600;

    await sandbox.clients.rotateSecret("partner-basic", { overlapSeconds: 60, notBefore });

    expect(sandbox.clients.get("partner-basic")).toEqual(before);
    const [old] = await sandbox.clients.secrets("partner-basic");
    await sandbox.clients.revokeSecret("partner-basic", old?.id ?? "");
    expect(await statusOf(sandbox, before)).toBe(401);
  });

  it("says what is wrong with a rotation of secrets", async () => {
    const sandbox = await setUp();
    const overlap = { overlapSeconds: 60 };

    await expect(sandbox.clients.rotateSecret("nobody", overlap)).rejects.toMatchObject({
      option: "clients",
    });
    await expect(sandbox.clients.rotateSecret("partner-private-key-jwt", overlap)).rejects.toThrow(
      /does not authenticate by a secret/,
    );
    await expect(sandbox.clients.revokeSecret("partner-basic", "x")).rejects.toThrow(
      /no such secret/,
    );
  });

  it("JWK-04 rotates its keys by schedule, where it does not listen when it is told to", async () => {
    const clock = createControlledClock();
    const events: AuditEvent[] = [];
    const sandbox = await setUp({
      clock,
      keyRotation: { everySeconds: day },
      audit: (event) => events.push(event),
    });

    clock.advance(day - 600);
    await sandbox.keys.maintain();

    expect((await sandbox.keys.list()).map(({ phase }) => phase)).toEqual(["signing", "announced"]);
    expect(events).toMatchObject([{ type: "signing_key_rotated", by: "schedule" }]);
  });

  it("JWK-04 rotates its keys by schedule while it listens, and closes at once all the same", async () => {
    const clock = createControlledClock();
    const sandbox = await setUp({ clock, keyRotation: { everySeconds: day } });
    clock.advance(day);

    await sandbox.listen();

    await vi.waitFor(async () => expect(await sandbox.keys.list()).toHaveLength(2));
    const start = performance.now();
    await sandbox.close();
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("JWK-05 refuses a schedule that others could not follow", async () => {
    await expect(createSandbox({ keyRotation: { announceSeconds: 60 } })).rejects.toMatchObject({
      option: "keyRotation.announceSeconds",
    });
  });
});
