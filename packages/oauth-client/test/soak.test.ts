import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { OAuthClient } from "@credicorp/oauth-client";
import { createOAuthClient, isOAuthError } from "@credicorp/oauth-client";
import { random, sleep } from "@credicorp/oauth-runtime";
import { expect, it } from "vitest";
import { delay } from "./support/client.ts";
import type { FaultyServer } from "./support/faulty-server.ts";
import { lifetimeSeconds, slackSeconds, startFaultyServer } from "./support/faulty-server.ts";

const isLong = process.env["CREDICORP_TEST_LONG"] === "1";
const durationMs = isLong ? 10 * 60_000 : 12_000;
const maxGrowthBytes = 4 * 1024 * 1024;
const clientIds = ["first", "second", "third", "fourth", "fifth"];

/** Time that runs twenty times as fast: a token of 20 s lives for one. */
const speed = 20;
const startedAtMs = performance.now();
const elapsedMs = (): number => (performance.now() - startedAtMs) * speed;
const clock = { monotonicMs: elapsedMs, now: () => 1_700_000_000 + elapsedMs() / 1000 };

interface Tally {
  succeeded: number;
  failed: number;

  /** Calls that failed though a valid token had been there all the time. */
  readonly needless: unknown[];

  /** Calls that failed with anything but an error of ours. */
  readonly foreign: unknown[];
}

function createFastClient(baseUrl: string, clientId: string): OAuthClient {
  return createOAuthClient({
    baseUrl,
    clientId,
    clientSecret: "secret",
    scope: ["applications:write", "decisions:read"],
    metadata: { issuer: baseUrl, tokenEndpoint: `${baseUrl}/token` },
    requestTimeoutMs: 300,
    maxWaitMs: 8000,
    ports: { clock, random, sleep: async (ms, signal) => sleep(ms / speed, signal) },
  });
}

interface Judgement {
  readonly untilMs: number;
  readonly tally: Tally;
  readonly stalls: StallWatch;
}

interface StallWatch extends Disposable {
  /** When the process last stood still, by the fast clock; a request may have timed out with its answer at the door. */
  readonly lastAt: () => number;

  /** For how many seconds of the fast clock it did since an instant. */
  readonly stalledSince: (instant: number) => number;
}

function watchStalls(): StallWatch {
  let lastAt = clock.now();
  const stalls: { readonly startedAt: number; readonly endedAt: number }[] = [];
  let tickedAtMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - tickedAtMs > 100) {
      lastAt = clock.now();
      stalls.push({
        startedAt: lastAt - ((nowMs - tickedAtMs) * speed) / 1000,
        endedAt: lastAt,
      });
      if (stalls.length > 100) stalls.shift();
    }
    tickedAtMs = nowMs;
  }, 10);

  function stalledSince(instant: number): number {
    // The timer may be served after the calls that a stall has held up.
    const nowMs = performance.now();
    const ongoing = nowMs - tickedAtMs > 100 ? ((nowMs - tickedAtMs) * speed) / 1000 : 0;
    return stalls.reduce(
      (sum, { startedAt, endedAt }) => sum + Math.max(0, endedAt - Math.max(startedAt, instant)),
      Math.min(ongoing, Math.max(0, clock.now() - instant)),
    );
  }

  return { lastAt: () => lastAt, stalledSince, [Symbol.dispose]: () => clearInterval(timer) };
}

/** Calls the API again and again, and judges each failure by what the server knows. */
async function callAround(
  server: FaultyServer,
  clientId: string,
  { untilMs, tally, stalls }: Judgement,
): Promise<void> {
  await using client = createFastClient(server.url, clientId);
  // An answer that arrives when its last caller has just left is not taken: the request was stopped.
  let obtainedAt = 0;
  client.on("obtained", () => {
    obtainedAt = clock.now();
  });
  while (performance.now() < untilMs) {
    const calledAt = clock.now();
    try {
      const response = await client.fetch("/applications");
      await response.arrayBuffer();
      tally.succeeded += 1;
    } catch (error) {
      tally.failed += 1;
      if (!isOAuthError(error)) tally.foreign.push(error);
      const failedAt = clock.now();
      const wasThere = server
        .goodTokens(clientId)
        .some(
          ({ deliveredAt, expiresAt }) =>
            deliveredAt > stalls.lastAt() &&
            deliveredAt < obtainedAt + 1 &&
            deliveredAt + slackSeconds / 2 < calledAt &&
            failedAt < expiresAt - slackSeconds,
        );
      if (wasThere) tally.needless.push(error);
    }
    await delay(5);
  }
}

function collectGarbage(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

it(
  `CLI-09 CLI-18 CLI-27 CLI-30 outlives every fault of a server in turn, for ${durationMs / 1000} s at ${speed} times the speed`,
  { timeout: durationMs + 30_000 },
  async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", onUnhandled);
    using stalls = watchStalls();
    await using server = await startFaultyServer({ ...stalls, now: clock.now });
    const tally: Tally = { succeeded: 0, failed: 0, needless: [], foreign: [] };
    const untilMs = performance.now() + durationMs;

    const calls = clientIds.map(async (id) => callAround(server, id, { untilMs, tally, stalls }));
    await delay(durationMs / 3);
    const before = collectGarbage();
    await delay(durationMs / 2);
    const growth = collectGarbage() - before;
    await Promise.all(calls);
    process.off("unhandledRejection", onUnhandled);

    const { succeeded, failed } = tally;
    const faults = [...server.injected.values()].reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `Soak: ${succeeded} calls, ${failed} failed for want of a token, ${faults} faults of ` +
        `${server.injected.size} kinds, tokens of ${lifetimeSeconds} s, heap ${(growth / 1024).toFixed(0)} kB more\n`,
    );
    expect([...server.injected].filter(([, count]) => count === 0)).toEqual([]);
    expect(unhandled).toEqual([]);
    expect(tally.foreign).toEqual([]);
    expect(tally.needless).toEqual([]);
    expect(server.api).toMatchObject({ withoutToken: 0, withUnknownToken: 0, withSpentToken: 0 });
    expect(succeeded).toBeGreaterThan(failed * 4);
    expect(growth).toBeLessThan(maxGrowthBytes);
  },
);
