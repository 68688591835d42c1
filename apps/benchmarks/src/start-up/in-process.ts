import { createHash, generateKeyPair, sign } from "node:crypto";
import { promisify } from "node:util";

import { createSandbox } from "@credicorp/oauth-mock-server";

import type { Benchmark } from "../benchmark.ts";
import { benchmarkClient } from "../token-endpoint/benchmark-client.ts";
import { askForFirstToken } from "./first-token.ts";

const startsPerRound = 20;
const makeKeyPair = promisify(generateKeyPair);

/** Sandboxes in a process that has had one before, each from nothing to its first token: what a test waits for. */
export const inProcess: Benchmark = {
  name: "createSandbox() to the first token",
  unit: "starts/s",
  limit: "one key pair, one SHA-256, one signature",
  band: { typical: 0.09, min: 0.05, max: 0.3 },
  start: async () => ({
    measureOurs: () => measure(startSandbox),
    measureLimit: () => measure(startBare),
    close: async () => undefined,
  }),
};

async function measure(start: () => Promise<void>): Promise<number> {
  const startedAtMs = performance.now();
  for (let count = 0; count < startsPerRound; count += 1) await start();
  return (startsPerRound * 1000) / (performance.now() - startedAtMs);
}

async function startSandbox(): Promise<void> {
  await using sandbox = await createSandbox();
  await askForFirstToken(
    (init) => sandbox.fetch("/partner/v1/oauth/token", init),
    sandbox.clients.get("partner-post"),
  );
}

async function startBare(): Promise<void> {
  const { privateKey } = await makeKeyPair("ec", { namedCurve: "P-256" });
  createHash("sha256").update(benchmarkClient.secret).digest();
  sign("sha256", Buffer.alloc(600), privateKey);
}
