import { AsyncLocalStorage } from "node:async_hooks";
import type { ClientPorts } from "@credicorp/oauth-client";
import type { HttpTransport } from "@credicorp/oauth-core";
import { createControlledClock } from "@credicorp/oauth-core/testing";

/** A request that the platform serves. It may be ended at any moment, and with it all that it has begun. */
export interface PlatformRequest {
  isEnded: boolean;

  /** What its work came to, once it has. */
  outcome: unknown;
}

/** A platform as Cloudflare Workers is one, in virtual time. */
export interface VirtualWorkers {
  readonly ports: ClientPorts;

  /** A token endpoint that answers after a while. */
  readonly transport: HttpTransport;
  readonly tokenRequests: () => number;
  readonly nowMs: () => number;

  /** Serves a request; everything in it belongs to it. */
  readonly serve: (work: () => Promise<unknown>) => PlatformRequest;

  /** Lets virtual time pass. */
  readonly advance: (ms: number) => Promise<void>;
}

interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
}

/** Makes the platform. Timers and answers of a request that was ended never come. */
export function createVirtualWorkers(options: {
  readonly latencyMs: number;
  readonly lifetimeSeconds: number;
}): VirtualWorkers {
  const { latencyMs, lifetimeSeconds } = options;
  const current = new AsyncLocalStorage<PlatformRequest>();
  const clock = createControlledClock();
  const timers = new Set<Timer>();
  let tokens = 0;

  function after(ms: number, work: () => void): Timer {
    const request = current.getStore();
    const timer = {
      atMs: clock.monotonicMs() + ms,
      fire: () => {
        timers.delete(timer);
        if (request?.isEnded !== true) work();
      },
    };
    timers.add(timer);
    return timer;
  }

  const sleep: ClientPorts["sleep"] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = after(ms, () => {
        signal?.removeEventListener("abort", timer.fire);
        resolve();
      });
      signal?.addEventListener("abort", timer.fire);
    });

  return {
    ports: {
      clock,
      sleep,
      random: { bytes: (length) => new Uint8Array(length), fraction: () => 0.5 },
    },
    transport: (_request, { signal }) => {
      tokens += 1;
      const members = { access_token: `token-${tokens}`, token_type: "Bearer" };
      const body = JSON.stringify({ ...members, expires_in: lifetimeSeconds });
      const value = { status: 200, headers: [], body: new TextEncoder().encode(body) };
      return new Promise((resolve) => {
        after(latencyMs, () => resolve({ ok: true, value }));
        signal?.addEventListener("abort", () =>
          resolve({ ok: false, failure: { kind: "aborted" } }),
        );
      });
    },
    tokenRequests: () => tokens,
    nowMs: () => clock.monotonicMs(),
    serve: (work) => {
      const request: PlatformRequest = { isEnded: false, outcome: undefined };
      const conclude = (outcome: unknown): void => {
        request.outcome = outcome;
      };
      void current.run(request, () => work().then(conclude, conclude));
      return request;
    },
    advance: async (ms) => {
      const untilMs = clock.monotonicMs() + ms;
      for (;;) {
        await settle();
        const [next] = [...timers].toSorted((one, other) => one.atMs - other.atMs);
        if (next === undefined || next.atMs > untilMs) break;
        clock.advance(Math.max(0, next.atMs - clock.monotonicMs()) / 1000);
        next.fire();
      }
      clock.advance(Math.max(0, untilMs - clock.monotonicMs()) / 1000);
    },
  };
}

/** Lets everything happen that takes no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
