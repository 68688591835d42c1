import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "../benchmark.ts";
import { benchmarkClient } from "../token-endpoint/benchmark-client.ts";
import { askForFirstToken } from "./first-token.ts";
import { sandboxCommand } from "./sandbox-command.ts";

const startsPerRound = 3;
const bareServer = fileURLToPath(new URL("./bare-fastify-server.js", import.meta.url));

/** What a server writes when it listens; the one of ours names its clients too. */
interface Announcement {
  readonly tokenEndpoint: string;
  readonly clients?: readonly {
    readonly id: string;
    readonly secret: string;
    readonly tokenEndpointAuthMethod: string;
  }[];
}

/** Starts from `spawn` to the first token, one after the other. */
export const startUp: Benchmark = {
  name: "starts to the first token",
  unit: "starts/min",
  limit: "fastify with one route, one SHA-256, one signature",
  band: { typical: 0.9, min: 0.6, max: 1.3 },
  start: async () => ({
    measureOurs: () => measureStarts([sandboxCommand(), "--port", "0"]),
    measureLimit: () => measureStarts([bareServer]),
    close: async () => undefined,
  }),
};

async function measureStarts(command: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  let stoppingMs = 0;
  for (let count = 0; count < startsPerRound; count += 1) {
    stoppingMs += await startAndAsk(command);
  }
  return (startsPerRound * 60_000) / (performance.now() - startedAtMs - stoppingMs);
}

/** Resolves to the milliseconds that it took to stop again, which do not count. */
async function startAndAsk(command: readonly string[]): Promise<number> {
  const server = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(server, "exit");
  try {
    const [line]: unknown[] = await once(createInterface(server.stdout), "line");
    await askForToken(JSON.parse(String(line)) as Announcement);
  } finally {
    server.kill("SIGKILL");
  }
  const answeredAtMs = performance.now();
  await exited;
  return performance.now() - answeredAtMs;
}

async function askForToken({ tokenEndpoint, clients = [] }: Announcement): Promise<void> {
  const known = clients.find((client) => client.tokenEndpointAuthMethod === "client_secret_post");
  await askForFirstToken((init) => fetch(tokenEndpoint, init), known ?? benchmarkClient);
}
