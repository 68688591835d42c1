import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { expect, it } from "vitest";

const isLong = process.env["CREDICORP_TEST_LONG"] === "1";
const tokens = isLong ? 1_000_000 : 20_000;
const maxGrowthBytes = (isLong ? 4 : 1) * 1024 * 1024;

const client = {
  id: "memory-client",
  secret: "memory_pY2nVqZ0cXk7uRt5sWb3dGf9hJm4aLe8",
  scope: ["applications:write"],
  tokenEndpointAuthMethod: "client_secret_post",
  accessTokenLifetimeSeconds: 60,
} as const;

/** Posts a form from one of many addresses, so that budgets come and go. */
async function post(
  { sandbox, turn }: { readonly sandbox: Sandbox; readonly turn: number },
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const credentials = { client_id: client.id, client_secret: client.secret };
  const { status, body } = await sandbox.handle({
    method: "POST",
    target: `/partner/v1/oauth/${path}`,
    headers: [["content-type", "application/x-www-form-urlencoded"]],
    body: Buffer.from(new URLSearchParams({ ...fields, ...credentials }).toString()),
    peer: { address: `10.0.${(turn >> 8) & 255}.${turn & 255}`, secure: true },
  });
  expect(status).toBe(200);
  return body;
}

function readMemoryBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("The garbage collector cannot be called");
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  // The journal lies beside the heap.
  return heapUsed + arrayBuffers;
}

it(
  `uses no more memory after ${tokens.toLocaleString("en-GB")} tokens than after the first tenth of them`,
  { timeout: isLong ? 1_200_000 : 60_000 },
  async () => {
    const clock = createControlledClock(1_800_000_000);
    const limits = { token: { limit: 100_000, windowSeconds: 60 } };
    // Full before the first look: it is bounded, and what is looked for is what is not.
    const journal = { maxEntries: 1000 };
    await using sandbox = await createSandbox({ clients: [client], clock, limits, journal });
    let bytesAfterTenth = 0;

    for (let turn = 0; turn < tokens; turn += 1) {
      const answer = await post({ sandbox, turn }, "token", { grant_type: "client_credentials" });
      const { access_token: token } = JSON.parse(answer) as { access_token: string };
      if (turn % 10 === 0) await post({ sandbox, turn }, "revoke", { token });
      if (turn % 10 === 5) await post({ sandbox, turn }, "introspect", { token });
      clock.advance(0.5);
      if (turn === tokens / 10) bytesAfterTenth = readMemoryBytes();
    }

    expect(readMemoryBytes() - bytesAfterTenth).toBeLessThan(maxGrowthBytes);
  },
);
