import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import { findWorkerd, startWorker } from "./workers/workerd.ts";

const workerd = await findWorkerd();

interface Setting extends AsyncDisposable {
  readonly sandbox: Sandbox;

  /** Calls the worker with a good token, with another moment of its keys' life; tells the status. */
  readonly call: (options?: { ahead?: number; patienceMs?: number }) => Promise<number | "gone">;
  readonly jwksRequests: () => number;
}

/** A verifier in a worker, and a sandbox whose tokens it takes; keys are fresh for 300 s. */
async function setUp(flags: readonly string[]): Promise<Setting> {
  const sandbox = await createSandbox();
  const { url } = await sandbox.listen();
  const worker = await startWorker(url, flags, "verifier-worker.ts");
  const { id, secret } = sandbox.clients.get("partner-basic");
  const answer = await sandbox.fetch(`${url}/partner/v1/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return {
    sandbox,
    call: async ({ ahead, patienceMs = 5000 } = {}) => {
      const query = ahead === undefined ? "" : `?ahead=${ahead}`;
      try {
        const response = await fetch(`${worker.url}/decisions${query}`, {
          headers: { authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(patienceMs),
        });
        await response.body?.cancel();
        return response.status;
      } catch {
        return "gone";
      }
    },
    jwksRequests: () => sandbox.requests.count({ endpoint: "jwks" }),
    [Symbol.asyncDispose]: async () => {
      await worker[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
}

describe.skipIf(workerd.path === undefined).each([
  ["as it is today", []],
  [
    "where a promise of another request is never resolved",
    ["no_handle_cross_request_promise_resolution"],
  ],
])(
  `the verifier in Cloudflare's workerd, %s${workerd.path === undefined ? `: not run, because ${workerd.reason}` : ""}`,
  (_name, flags) => {
    it("fetches the keys once for 50 requests at once", async () => {
      await using setting = await setUp(flags);
      setting.sandbox.faults.add({ fault: "delay", delayMs: 250, endpoint: "jwks" });

      const statuses = await Promise.all(Array.from({ length: 50 }, () => setting.call()));

      expect(new Set(statuses)).toEqual(new Set([200]));
      expect(setting.jwksRequests()).toBe(1);
    });

    it("goes on when the request that fetches the keys has gone", async () => {
      await using setting = await setUp(flags);
      setting.sandbox.faults.add({ fault: "delay", delayMs: 500, endpoint: "jwks" });
      const first = setting.call({ patienceMs: 250 });
      await expect.poll(setting.jwksRequests).toBe(1);

      const others = await Promise.all([setting.call(), setting.call()]);

      expect([await first, ...others]).toEqual(["gone", 200, 200]);
      expect(await setting.call()).toBe(200);
    });

    it("refreshes its keys again and again, and never waits for a request that has ended", async () => {
      await using setting = await setUp(flags);
      expect(await setting.call()).toBe(200);

      for (const [index, ahead] of [275, 550, 825, 2000, 5000].entries()) {
        // oxlint-disable-next-line no-await-in-loop -- one moment after the other
        const statuses = await Promise.all([setting.call({ ahead }), setting.call({ ahead })]);
        expect(statuses).toEqual([200, 200]);
        expect(setting.jwksRequests()).toBe(index + 2);
      }
    });
  },
);
