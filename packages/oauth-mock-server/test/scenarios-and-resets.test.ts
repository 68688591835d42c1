import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { createSandboxRotation } from "../src/sandbox/sandbox-rotation.ts";
import { adminOf } from "./support/admin.ts";
import { tokenRequest } from "./support/requests.ts";

type Parts = Parameters<typeof createSandboxRotation>[0];

async function setUp(): Promise<Sandbox> {
  const sandbox = await createSandbox({ clock: createControlledClock(), additionalAlgorithms: [] });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function statusOf(sandbox: Sandbox): Promise<number> {
  const request = tokenRequest(sandbox.clients.get("partner-basic"));
  return (await sandbox.fetch("/partner/v1/oauth/token", request)).status;
}

describe("a scenario that is begun while a reset runs", () => {
  it("is there when both are done, and ends what it began", async () => {
    const sandbox = await setUp();

    const resetting = sandbox.reset();
    const outage = await sandbox.scenarios.outage();
    await resetting;

    expect(await statusOf(sandbox)).toBe(503);
    await outage.end();
    expect(await statusOf(sandbox)).toBe(200);
  });

  it("leaves a secret that is good", async () => {
    const sandbox = await setUp();

    const [, rotation] = await Promise.all([
      sandbox.reset(),
      sandbox.scenarios.secretRotation("partner-basic"),
    ]);

    expect(sandbox.clients.get("partner-basic").secret).toBe(rotation.secret);
    expect(await statusOf(sandbox)).toBe(200);
  });

  it("ends nothing of what comes behind the reset, when it was begun before", async () => {
    const sandbox = await setUp();

    const [before] = await Promise.all([sandbox.scenarios.outage(), sandbox.reset()]);
    const { id } = sandbox.faults.add({ fault: "server_error" });
    await before.end();

    expect(sandbox.faults.list().map((rule) => rule.id)).toEqual([id]);
  });

  it("ends no secret of the state behind the reset", async () => {
    const sandbox = await setUp();

    const rotation = await sandbox.scenarios.secretRotation("partner-basic");
    await sandbox.reset();
    await rotation.end();

    expect(await statusOf(sandbox)).toBe(200);
  });

  it("is listed until the moment of the reset, and not behind it", async () => {
    const sandbox = await setUp();
    const admin = adminOf(sandbox);
    await admin("POST", "/scenarios", { scenario: "outage" });
    const listed = async (): Promise<unknown[]> =>
      (await admin("GET", "/scenarios")).value.scenarios;

    const resetting = sandbox.reset();
    const during = await listed();
    const faultsDuring = sandbox.faults.list();
    await resetting;

    // A list that is empty while the outage goes on would be a lie.
    expect(during).toHaveLength(faultsDuring.length);
    expect(await listed()).toEqual([]);
    expect(sandbox.faults.list()).toEqual([]);
  });
});

it("does not show a secret that a reset has undone", async () => {
  const shown: unknown[] = [];
  let state = {};
  let isReset = false;
  const { clients } = createSandboxRotation({
    server: () =>
      ({
        rotateClientSecret: async () => {
          if (isReset) state = {};
          return { ok: true, value: { id: "1", secret: `made-${isReset}` } };
        },
      }) as unknown as ReturnType<Parts["server"]>,
    keys: {} as Parts["keys"],
    clients: {
      get: () => ({ id: "a" }),
      remember: (client: unknown) => void shown.push(client),
    } as unknown as Parts["clients"],
    secrets: { note: () => undefined },
    state: () => state,
  });

  await clients.rotateSecret("a", { overlapSeconds: 60 });
  isReset = true;
  await clients.rotateSecret("a", { overlapSeconds: 60 });

  expect(shown).toEqual([{ id: "a", secret: "made-false", secrets: undefined }]);
});
