import { createAuthInterceptor } from "@credicorp/oauth-client/undici";
import type { Dispatcher } from "undici";
import { Agent, fetch, request } from "undici";

import type { Benchmark } from "../benchmark.ts";
import { repeatAtOnce } from "../repeat-at-once.ts";
import { startApiProcess } from "./api-process.ts";
import { createHoldingClient } from "./benchmark-tokens.ts";

const requestsPerRound = 4000;
const concurrency = 32;

/** GETs over loopback by undici, in CPU time of the client alone. */
export const interceptedGet: Benchmark = {
  name: "authorised GET, undici interceptor, 32 at a time",
  unit: "requests/s of CPU",
  limit: "bare undici.request with a constant header",
  band: { typical: 0.95, min: 0.6, max: 1.3 },
  start: async () => {
    const server = await startApiProcess();
    const client = await createHoldingClient(server.url);
    const { authorization } = await client.getToken();
    const bare = new Agent({ connections: concurrency });
    const ours = new Agent({ connections: concurrency });
    const composed = ours.compose(createAuthInterceptor(client));
    const url = `${server.url}/partner/v1/decisions/42`;
    return {
      measureOurs: () => measureCpu(() => sendRequest(url, { dispatcher: composed })),
      measureLimit: () =>
        measureCpu(() => sendRequest(url, { dispatcher: bare, headers: { authorization } })),
      close: async () => {
        await Promise.all([client.close(), bare.close(), ours.close(), server.stop()]);
      },
    };
  },
};

/** The same by `client.fetch`. */
export const fetchedGet: Benchmark = {
  name: "authorised GET, client.fetch, 32 at a time",
  unit: "requests/s of CPU",
  limit: "bare fetch of undici with a constant header",
  band: { typical: 0.97, min: 0.6, max: 1.3 },
  start: async () => {
    const server = await startApiProcess();
    const client = await createHoldingClient(server.url);
    const { authorization } = await client.getToken();
    const url = `${server.url}/partner/v1/decisions/42`;
    return {
      measureOurs: () => measureCpu(async () => readAnswer(await client.fetch(url))),
      measureLimit: () =>
        measureCpu(async () => readAnswer(await fetch(url, { headers: { authorization } }))),
      close: async () => {
        await Promise.all([client.close(), server.stop()]);
      },
    };
  },
};

async function sendRequest(
  url: string,
  options: { readonly dispatcher: Dispatcher; readonly headers?: Record<string, string> },
): Promise<void> {
  const { statusCode, body } = await request(url, options);
  await body.text();
  if (statusCode !== 200) throw new Error(`A request was answered with ${statusCode}`);
}

async function readAnswer(response: {
  readonly status: number;
  readonly text: () => Promise<string>;
}): Promise<void> {
  await response.text();
  if (response.status !== 200) throw new Error(`A request was answered with ${response.status}`);
}

/** Sends requests, some at a time; resolves to requests per second of CPU time, of all threads of this process. */
export async function measureCpu(
  send: () => Promise<void>,
  { requests = requestsPerRound }: { readonly requests?: number } = {},
): Promise<number> {
  const before = process.cpuUsage();
  await repeatAtOnce(send, { times: requests, atOnce: concurrency });
  const { user, system } = process.cpuUsage(before);
  return (requests * 1_000_000) / (user + system);
}
