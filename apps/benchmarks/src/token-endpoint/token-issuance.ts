import type { Band, Benchmark } from "../benchmark.ts";
import { benchmarkClient } from "./benchmark-client.ts";
import { measureHttpLoad } from "./http-load.ts";
import type { ServerName } from "./server-process.ts";
import { startServerProcess } from "./server-process.ts";

const connections = 50;
const roundMs = 1000;

interface Contender {
  readonly measure: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Tokens issued over loopback, each server in a process of its own. */
export function tokenIssuanceOf(
  algorithm: "ES256" | "RS256",
  options: { readonly band: Band; readonly peers?: Readonly<Record<string, ServerName>> },
): Benchmark {
  const { band, peers = {} } = options;
  return {
    name: `tokens issued, ${algorithm}, ${connections} connections`,
    unit: "tokens/s",
    limit: "node:http, one SHA-256, one synchronous signature",
    band,
    start: async () => {
      const names = Object.keys(peers);
      const [ours, limit, ...others] = await Promise.all(
        (["sandbox-server", "bare-server", ...Object.values(peers)] as const).map((name) =>
          openContender(name, algorithm),
        ),
      );
      if (ours === undefined || limit === undefined) throw new Error("A contender is missing");
      return {
        measureOurs: ours.measure,
        measureLimit: limit.measure,
        measurePeers: Object.fromEntries(
          others.map(({ measure }, index) => [names[index] ?? "", measure]),
        ),
        close: async () => {
          await Promise.all([ours, limit, ...others].map(({ close }) => close()));
        },
      };
    },
  };
}

async function openContender(name: ServerName, algorithm: string): Promise<Contender> {
  const server = await startServerProcess(name, algorithm);
  const url = new URL(server.tokenEndpoint);
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: benchmarkClient.id,
    client_secret: benchmarkClient.secret,
    scope: benchmarkClient.scope,
  }).toString();

  return {
    measure: () => measureHttpLoad({ url, body, connections, durationMs: roundMs }),
    close: () => server.stop(),
  };
}
