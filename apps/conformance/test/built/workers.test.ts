import { describe, expect, it } from "vitest";

import { startTokenServer } from "./workers/token-server.ts";
import { findWorkerd, startWorker } from "./workers/workerd.ts";

const workerd = await findWorkerd();

/** Until October 2024 this was the only way, and it still is where a worker says so. */
const strict = ["no_handle_cross_request_promise_resolution"];

async function get(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

/** Sends requests at once, and counts the answers. */
async function burst(url: string, count: number): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  const requests = Array.from({ length: count }, async () => {
    const answer = JSON.stringify(await get(url));
    answers[answer] = (answers[answer] ?? 0) + 1;
  });
  await Promise.all(requests);
  return answers;
}

/** Tells whether a request gets no answer within two seconds, in which another would have been made. */
async function isHanging(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(2000);
  return fetch(url, { signal }).then(
    () => false,
    () => signal.aborted,
  );
}

describe.skipIf(workerd.path === undefined)(
  `in Cloudflare's workerd${workerd.path === undefined ? `: not run, because ${workerd.reason}` : ""}`,
  () => {
    it.each([
      ["as it is today", []],
      ["with Node's modules", ["nodejs_compat"]],
      ["where a promise of another request is never resolved", strict],
    ])("CLI-15 CLI-10 50 requests share one token request, %s", async (_name, flags) => {
      await using server = await startTokenServer();
      await using worker = await startWorker(server.url, flags);

      const answers = await burst(`${worker.url}/token`, 50);

      expect(answers).toEqual({ '{"token":"token-1"}': 50 });
      expect(server.tokenRequests()).toBe(1);
      expect(await get(`${worker.url}/explain`)).toMatchObject([
        { waiting: 0, isRequesting: false, served: "joined" },
      ]);
    });

    it("CLI-15 sharing the promise, which is not the default here, leaves all but its owner without", async () => {
      await using server = await startTokenServer(1000);
      await using worker = await startWorker(server.url, strict);

      const owner = get(`${worker.url}/token?promise`);
      await get(`${worker.url}/explain?promise`);

      const others = Array.from({ length: 49 }, () => isHanging(`${worker.url}/token?promise`));

      expect(await owner).toEqual({ token: "token-1" });
      expect(new Set(await Promise.all(others))).toEqual(new Set([true]));
    });

    it("CLI-15 a request goes on without the one that it waited for, when the platform has ended that", async () => {
      await using server = await startTokenServer(400);
      await using worker = await startWorker(server.url);
      await get(`${worker.url}/leave`);
      const before = server.tokenRequests();

      const answer = await get(`${worker.url}/token`);

      expect(answer).toEqual({ token: `token-${before + 1}` });
      await get(`${worker.url}/leave?promise`);
      expect(await isHanging(`${worker.url}/token?promise`)).toBe(true);
    });

    it("CLI-15 a token request that the platform waits for is not made again", async () => {
      await using server = await startTokenServer(400);
      await using worker = await startWorker(server.url);
      await get(`${worker.url}/leave?waitUntil`);

      const answer = await get(`${worker.url}/token`);

      expect(answer).toEqual({ token: "token-2" });
      expect(server.tokenRequests()).toBe(2);
    });

    it("CLI-15 CLI-14 each request has its own deadline, and one that runs out takes nothing from the others", async () => {
      await using server = await startTokenServer();
      await using worker = await startWorker(server.url);

      const [hasty, ...patient] = await Promise.all([
        burst(`${worker.url}/token?maxWaitMs=60`, 5),
        ...Array.from({ length: 10 }, () => get(`${worker.url}/token`)),
      ]);

      expect(Object.keys(hasty)).toEqual([expect.stringContaining("no access token within 60 ms")]);
      expect(new Set(patient.map(({ token }) => token)).size).toBe(1);
      expect(server.tokenRequests()).toBeLessThanOrEqual(2);
    });

    it("CLI-15 CLI-11 20 calls whose token is rejected share one token request", async () => {
      await using server = await startTokenServer();
      await using worker = await startWorker(server.url);
      await get(`${worker.url}/token`);
      server.revokeAll();

      const answers = await burst(`${worker.url}/call`, 20);

      expect(answers).toEqual({ '{"number":2}': 20 });
      expect(server.tokenRequests()).toBe(2);
    });
  },
);
