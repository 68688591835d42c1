import type { Benchmark, Contest } from "../benchmark.ts";
import { startApiProcess } from "../client/api-process.ts";
import { fetchedGet, interceptedGet, measureCpu } from "../client/authorised-get.ts";
import { heldToken, heldTokenAtOnce } from "../client/held-token.ts";
import { startCountingServer } from "./counting-server.ts";
import type { PeerClient } from "./peer.ts";
import { loadPeer } from "./peers.ts";

const holders = [
  "@badgateway/oauth2-client",
  "@openfga/sdk",
  "@azure/msal-node",
  "google-auth-library",
];
const callers = ["undici-oidc-interceptor", "@badgateway/oauth2-client", "@anthropic-ai/sdk"];

/** A race of ours, the limit and the peers. */
export interface Race {
  readonly title: string;

  /** Which way in is the benchmark's own; others of ours are among the peers. */
  readonly ours: string;
  readonly benchmark: Benchmark;
}

/** A held token, with and without a promise, beside what the peers need for the same. */
const heldTokenOfPeers: Benchmark = {
  ...heldToken,
  start: async () => {
    const tokens = await startTokens();
    const measurePeers: Record<string, () => Promise<number>> = {};
    for (const name of holders) {
      const { getToken } = await tokens.createClient(name, tokens.apiUrl);
      if (getToken !== undefined) measurePeers[name] = () => measureCalls(getToken);
    }
    const atOnce = await heldTokenAtOnce.start();
    return joinContests(await heldToken.start(), {
      others: {
        "ours, peekToken()": atOnce.measureOurs,
        [heldTokenAtOnce.limit]: atOnce.measureLimit,
        ...measurePeers,
      },
      close: () => Promise.all([atOnce.close(), tokens.close()]),
    });
  },
};

/** An authorised GET by the interceptor and by `fetch`, beside those of the peers. */
const authorisedGetOfPeers: Benchmark = {
  ...interceptedGet,
  start: async () => {
    const [tokens, api] = await Promise.all([startTokens(), startApiProcess()]);
    const measurePeers: Record<string, () => Promise<number>> = {};
    for (const name of callers) {
      const { call } = await tokens.createClient(name, `${api.url}/stores`);
      measurePeers[name] = () => measureCpu(() => expectSuccess(call), { requests: 1000 });
    }
    const fetched = await fetchedGet.start();
    return joinContests(await interceptedGet.start(), {
      others: {
        [fetchedGet.limit]: fetched.measureLimit,
        "ours, client.fetch": fetched.measureOurs,
        ...measurePeers,
      },
      close: () => Promise.all([fetched.close(), tokens.close(), api.stop()]),
    });
  },
};

/** All races, in the order of the document. */
export const races: readonly Race[] = [
  { title: "a held token", ours: "ours, getToken()", benchmark: heldTokenOfPeers },
  {
    title: "an authorised GET, 32 at a time",
    ours: "ours, undici interceptor",
    benchmark: authorisedGetOfPeers,
  },
];

function joinContests(
  contest: Contest,
  more: {
    readonly others: Readonly<Record<string, () => Promise<number>>>;
    readonly close: () => Promise<unknown>;
  },
): Contest {
  return {
    ...contest,
    measurePeers: more.others,
    close: async () => {
      await Promise.all([contest.close(), more.close()]);
    },
  };
}

/** Starts a token endpoint for the clients of peers; each gets the token that it then holds. */
async function startTokens(): Promise<{
  readonly apiUrl: string;
  readonly createClient: (name: string, apiUrl: string) => Promise<PeerClient>;
  readonly close: () => Promise<void>;
}> {
  const server = await startCountingServer({ lifetimeSeconds: 86_400, tellsLifetime: true });
  return {
    apiUrl: server.servers.apiUrl,
    createClient: async (name, apiUrl) => {
      const { createClient } = await loadPeer(name);
      const client = await createClient({ ...server.servers, apiUrl });
      await expectSuccess(client.call);
      return client;
    },
    close: async () => server.close(),
  };
}

async function expectSuccess(call: () => Promise<number>): Promise<void> {
  const status = await call();
  if (status !== 200) throw new Error(`A call was answered with ${status}`);
}

/** Calls a function one time after the other, for a moment; resolves to calls per second. */
async function measureCalls(call: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  while (elapsedMs < 100) {
    for (let one = 0; one < 200; one += 1) await call();
    calls += 200;
    elapsedMs = performance.now() - startedAtMs;
  }
  return (calls * 1000) / elapsedMs;
}
