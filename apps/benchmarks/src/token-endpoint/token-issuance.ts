import { Pool } from "undici";
import type { Benchmark } from "../benchmark.ts";
import { benchmarkClient } from "./benchmark-client.ts";
import type { ServerProcess } from "./server-process.ts";
import { startServerProcess } from "./server-process.ts";
import { measureThroughput } from "./throughput.ts";

const connections = 50;
const roundMs = 1000;

/** Tokens issued over loopback, each server in a process of its own. */
export const tokenIssuance: Benchmark = {
  name: "tokens issued, ES256, 50 connections",
  unit: "tokens/s",
  limit: "node:http, one SHA-256, one synchronous signature",
  band: { typical: 0.8, min: 0.45, max: 1.6 },
  start: async () => {
    const [ours, limit] = await Promise.all([
      openContender("sandbox-server"),
      openContender("bare-server"),
    ]);
    return {
      measureOurs: ours.measure,
      measureLimit: limit.measure,
      close: async () => {
        await Promise.all([ours.close(), limit.close()]);
      },
    };
  },
};

async function openContender(
  name: Parameters<typeof startServerProcess>[0],
): Promise<{ measure: () => Promise<number>; close: () => Promise<void> }> {
  const server: ServerProcess = await startServerProcess(name);
  const { origin, pathname } = new URL(server.tokenEndpoint);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: benchmarkClient.id,
    client_secret: benchmarkClient.secret,
    scope: benchmarkClient.scope,
  }).toString();

  return {
    measure: () =>
      measureThroughput({ pool, path: pathname, body, connections, durationMs: roundMs }),
    close: async () => {
      await pool.close();
      await server.stop();
    },
  };
}
