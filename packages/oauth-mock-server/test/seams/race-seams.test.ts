import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { expect, it, onTestFinished } from "vitest";

import { tokenRequest } from "../support/requests.ts";

const id = "partner-basic";

async function setUp(): Promise<Sandbox> {
  const sandbox = await createSandbox({ additionalAlgorithms: [] });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function status(sandbox: Sandbox, secret: string): Promise<number> {
  const request = tokenRequest({ ...sandbox.clients.get(id), secret });
  return (await sandbox.fetch("/partner/v1/oauth/token", request)).status;
}

it("does not bring a client back that is deleted while it is changed", async () => {
  const sandbox = await setUp();
  const client = sandbox.clients.get(id);

  const changing = sandbox.clients.change(id, { description: "changed" });
  await sandbox.clients.delete(id);
  await expect(changing).rejects.toMatchObject({ kind: "config" });

  expect(sandbox.clients.list().map((one) => one.id)).not.toContain(id);
  const answer = await sandbox.fetch("/partner/v1/oauth/token", tokenRequest(client));
  expect(answer.status).toBe(401);
});

it("shows both what was changed and the secret that was made at the same time", async () => {
  const sandbox = await setUp();

  const [, made] = await Promise.all([
    sandbox.clients.change(id, { description: "changed", scope: ["decisions:read"] }),
    sandbox.clients.rotateSecret(id, { overlapSeconds: 60 }),
  ]);

  expect(sandbox.clients.get(id)).toMatchObject({
    description: "changed",
    scope: ["decisions:read"],
    secret: made.secret,
  });
});

it("ends with one of two configurations that came at the same time, and with all of it", async () => {
  const sandbox = await setUp();

  await Promise.all([
    sandbox.reconfigure({ accessTokenLifetimeSeconds: 60, clients: [] }),
    sandbox.reset(),
    sandbox.reconfigure({ accessTokenLifetimeSeconds: 120 }),
  ]);

  expect(sandbox.clients.list().map((one) => one.id)).toContain(id);
  expect(await status(sandbox, sandbox.clients.get(id).secret)).toBe(200);
});
