import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it, onTestFinished } from "vitest";

import { tokenRequest } from "../support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";

async function setUp(): Promise<Sandbox> {
  const sandbox = await createSandbox({
    clock: createControlledClock(),
    additionalAlgorithms: [],
  });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function status(sandbox: Sandbox): Promise<number> {
  const client = sandbox.clients.get("partner-basic");
  return (await sandbox.fetch(tokenPath, tokenRequest(client))).status;
}

async function publishedKids(sandbox: Sandbox): Promise<readonly string[]> {
  const jwks: unknown = await (await sandbox.fetch("/.well-known/jwks.json")).json();
  return (jwks as { readonly keys: readonly { readonly kid: string }[] }).keys.map(
    ({ kid }) => kid,
  );
}

describe("a scenario that is ended after a reset", () => {
  it("leaves the secret that the reset brought back", async () => {
    const sandbox = await setUp();
    const rotation = await sandbox.scenarios.secretRotation("partner-basic");
    expect(await status(sandbox)).toBe(200);

    await sandbox.reset();
    await rotation.end();

    expect(await status(sandbox)).toBe(200);
  });

  it("leaves the keys, and the tokens that they signed", async () => {
    const sandbox = await setUp();
    const before = await publishedKids(sandbox);
    const rotation = await sandbox.scenarios.keyRotation();

    await sandbox.reset();
    await rotation.end();

    expect(await publishedKids(sandbox)).toEqual(expect.arrayContaining([...before]));
  });

  it("leaves alone a client that is gone by then", async () => {
    const sandbox = await setUp();
    await sandbox.clients.create({
      id: "guest",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
    });
    const rotation = await sandbox.scenarios.secretRotation("guest");

    await sandbox.reset();

    await expect(rotation.end()).resolves.toBeUndefined();
  });
});

describe("a clock that is moved far", () => {
  it("goes no further than dates can be written", async () => {
    const { clock } = await setUp();
    const century = 36_500 * 86_400_000;
    for (let turn = 0; turn < 79; turn += 1) clock.advance(century);
    const { now } = clock.state();

    expect(() => clock.advance(century)).toThrow(/9999/);
    clock.set("9999-12-31T00:00:00Z");
    expect(() => clock.skew("2d")).toThrow(/9999/);

    expect(clock.state().skewMs).toBe(0);
    expect(now).toBeGreaterThan(250_000_000_000);
  });

  it("publishes every algorithm again after a reset, also one whose key was made in the future", async () => {
    const sandbox = await setUp();
    sandbox.clock.advance("365d");
    const { kid } = await sandbox.keys.rotate({ algorithm: "ES384", announceSeconds: 300 });
    expect(await publishedKids(sandbox)).toContain(kid);

    await sandbox.reset();

    const keys = await sandbox.keys.list();
    const phases = keys.filter(({ algorithm }) => algorithm === "ES384").map(({ phase }) => phase);
    expect(phases).toEqual(["unpublished", "signing"]);
  });
});
