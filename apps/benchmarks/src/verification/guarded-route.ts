import { fork } from "node:child_process";
import { once } from "node:events";
import { Pool } from "undici";

import type { Benchmark } from "../benchmark.ts";
import { repeatAtOnce } from "../repeat-at-once.ts";

const requestsPerRound = 3000;
const connections = 20;
const warmUpRounds = 2;

/** GETs over loopback with a token that the server has seen, in CPU time of the server alone. */
export const guardedRoute: Benchmark = {
  name: "guarded route, Fastify plugin, warm token",
  unit: "requests/s of CPU",
  limit: "the same route without the guard",
  band: { typical: 0.88, min: 0.6, max: 1.1 },
  start: async () => {
    const server = fork(new URL("./route-server.js", import.meta.url), { stdio: "inherit" });
    const exited = once(server, "exit");
    const { url, token } = (await receive(server)) as { url: string; token: string };
    const pool = new Pool(url, { connections });
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };

    const readCpu = async (): Promise<number> => {
      server.send("cpu");
      return ((await receive(server)) as { cpuMicroseconds: number }).cpuMicroseconds;
    };
    const measure = async (path: string): Promise<number> => {
      const before = await readCpu();
      const ask = async (): Promise<void> => {
        const { statusCode, body } = await pool.request({ method: "GET", path, headers });
        await body.dump();
        if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}`);
      };
      await repeatAtOnce(ask, { times: requestsPerRound, atOnce: connections });
      return (requestsPerRound * 1_000_000) / ((await readCpu()) - before);
    };

    for (let round = 0; round < warmUpRounds; round += 1) {
      await measure("/plain");
      await measure("/guarded");
    }
    return {
      measureOurs: () => measure("/guarded"),
      measureLimit: () => measure("/plain"),
      close: async () => {
        await pool.close();
        server.kill();
        await exited;
      },
    };
  },
};

async function receive(server: ReturnType<typeof fork>): Promise<unknown> {
  const messages: unknown[] = await once(server, "message");
  return messages[0];
}
