import type { Benchmark } from "../benchmark.ts";
import { startApiProcess } from "../client/api-process.ts";
import { fetchedGet, interceptedGet, measureCpu } from "../client/authorised-get.ts";
import { heldToken, heldTokenAtOnce } from "../client/held-token.ts";
import { startCountingServer } from "./counting-server.ts";
import type { PeerClient } from "./peer.ts";
import { loadPeer } from "./peers.ts";

/** A benchmark of ours with peers in the same rounds. */
export interface Race {
  readonly title: string;

  /** Which way in it measures. */
  readonly ours: string;
  readonly benchmark: Benchmark;
}

/** All races, in the order of the document. */
export const races: readonly Race[] = [
  {
    title: "a held token",
    ours: "ours, `getToken()`",
    benchmark: withPeers(heldToken, {
      names: [
        "@openfga/sdk",
        "@badgateway/oauth2-client",
        "google-auth-library",
        "@azure/msal-node",
      ],
      measure: ({ getToken }) => measureCalls(getToken),
    }),
  },
  {
    title: "a held token, without a promise",
    ours: "ours, `peekToken()`",
    benchmark: heldTokenAtOnce,
  },
  {
    title: "an authorised GET by `request`",
    ours: "ours, undici interceptor",
    benchmark: withPeers(interceptedGet, {
      names: ["undici-oidc-interceptor"],
      measure: measureGets,
    }),
  },
  {
    title: "an authorised GET by `fetch`",
    ours: "ours, `client.fetch`",
    benchmark: withPeers(fetchedGet, {
      names: ["@badgateway/oauth2-client", "@anthropic-ai/sdk"],
      measure: measureGets,
    }),
  },
];

/** Adds peers to a benchmark; each holds a token when the first round begins. */
function withPeers(
  benchmark: Benchmark,
  peers: {
    readonly names: readonly string[];
    readonly measure: (client: PeerClient) => Promise<number>;
  },
): Benchmark {
  const start: Benchmark["start"] = async () => {
    const [tokens, api] = await Promise.all([
      startCountingServer({ lifetimeSeconds: 86_400, tellsLifetime: true }),
      startApiProcess(),
    ]);
    const servers = { ...tokens.servers, apiUrl: `${api.url}/stores` };
    const measurePeers: Record<string, () => Promise<number>> = {};
    for (const name of peers.names) {
      const { createClient } = await loadPeer(name);
      const client = await createClient(servers);
      await expectSuccess(client);
      measurePeers[name] = () => peers.measure(client);
    }
    const contest = await benchmark.start();
    return {
      ...contest,
      measurePeers,
      close: async () => {
        tokens.close();
        await Promise.all([contest.close(), api.stop()]);
      },
    };
  };
  return { ...benchmark, start };
}

/** Sends GETs, fewer than for ours, as peers take their time; resolves to requests per second of CPU time. */
function measureGets(client: PeerClient): Promise<number> {
  return measureCpu(() => expectSuccess(client), { requests: 1000 });
}

async function expectSuccess({ call }: PeerClient): Promise<void> {
  const status = await call();
  if (status !== 200) throw new Error(`A call was answered with ${status}`);
}

/** Asks for the token one time after the other, for a moment; resolves to tokens per second. */
async function measureCalls(getToken: PeerClient["getToken"]): Promise<number> {
  if (getToken === undefined) throw new Error("A peer does not hand its token out");
  const startedAtMs = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  while (elapsedMs < 100) {
    for (let one = 0; one < 200; one += 1) await getToken();
    calls += 200;
    elapsedMs = performance.now() - startedAtMs;
  }
  return (calls * 1000) / elapsedMs;
}
