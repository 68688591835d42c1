import fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import { createOAuthClient } from "@credicorp/oauth-client";
import type { OAuthClient } from "@credicorp/oauth-client";
import type { TokenSource, TokenSourceOptions } from "@credicorp/oauth-client/token-source";

import type { TokenGetterKind } from "./support/token-getters.ts";
import { tokenGetterKinds } from "./support/token-getters.ts";
import { errorAnswer, startVirtualEndpoint, tokenAnswer } from "./support/virtual-endpoint.ts";

const issuer = "https://hub.example";
const maxWaitMs = 20_000;

function createPollingClient(options: Partial<TokenSourceOptions> = {}): OAuthClient {
  const { tokenEndpoint = `${issuer}/token`, observe: _observe, ...others } = options;
  return createOAuthClient({
    clientId: "partner",
    clientSecret: "planted-secret",
    ...others,
    sharing: "value",
    baseUrl: issuer,
    metadata: { issuer, tokenEndpoint },
  });
}

// Loads what only such a client has, for which no virtual clock waits.
await createPollingClient().discover();

/** The ways to get tokens; how late a caller hears, and how many requests there may be at once. */
const kinds = [
  ...tokenGetterKinds.map((kind) => ({ ...kind, latenessMs: 0, atOnce: 1 })),
  // A request that nobody wants ends by the next sign of life of its owner.
  {
    name: "a client that shares values",
    create: createPollingClient,
    latenessMs: 400,
    atOnce: 2,
  } satisfies TokenGetterKind & { latenessMs: number; atOnce: number },
];

const behaviours = {
  ok: (count: number) => tokenAnswer(`token-${count}`),
  short: (count: number) => tokenAnswer(`token-${count}`, { expires_in: 2 }),
  slow: (count: number) => tokenAnswer(`token-${count}`),
  never: (count: number) => tokenAnswer(`token-${count}`),
  busy: () => errorAnswer(503, "temporarily_unavailable", { "retry-after": "15" }),
  broken: () => errorAnswer(500, "server_error"),
  refusing: () => errorAnswer(400, "invalid_client"),
  page: () => new Response("<html>"),
  unreachable: () => Promise.reject(new TypeError("fetch failed")),
};
type Behaviour = keyof typeof behaviours;
const thinkingMs: Partial<Record<Behaviour, number>> = { slow: 9000, never: 1e8 };

const signalIndex = fc.constantFrom(0, 1, 2);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ call: fc.option(signalIndex, { nil: "unstoppable" }) }) },
  { weight: 1, arbitrary: fc.record({ abort: signalIndex }) },
  { weight: 2, arbitrary: fc.record({ pass: fc.constantFrom(0, 0.05, 0.3, 1, 3, 12, 31, 700) }) },
  { weight: 2, arbitrary: fc.record({ behave: fc.constantFrom(...Object.keys(behaviours)) }) },
  { weight: 1, arbitrary: fc.record({ reject: fc.constant(true) }) },
);

afterEach(() => {
  vi.useRealTimers();
});

it.each(kinds)(
  "CLI-13 CLI-14 $name keeps nobody waiting, and recovers, after any history",
  async ({ create, latenessMs, atOnce }) => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (history) => {
      const endpoint = startVirtualEndpoint();
      let behaviour: Behaviour = "ok";
      let [waiting, longestMs, mostRequests, count] = [0, 0, 0, 0];
      const inFlight = new Set<AbortSignal>();

      async function answer(signal: AbortSignal): Promise<Response> {
        const chosen = behaviour;
        count += 1;
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, thinkingMs[chosen] ?? 20);
          signal.addEventListener("abort", () => {
            clearTimeout(timer);
            reject(new Error("aborted"));
          });
        });
        return behaviours[chosen](count);
      }

      const getter = endpoint.connect(
        { name: "", create },
        {
          maxWaitMs,
          fetch: async (_url, init) => {
            const signal = init?.signal as AbortSignal;
            inFlight.add(signal);
            const wanted = [...inFlight].filter(({ aborted }) => !aborted);
            mostRequests = Math.max(mostRequests, wanted.length);
            return answer(signal).finally(() => inFlight.delete(signal));
          },
        },
      ) as Partial<Pick<OAuthClient, "authorize">> &
        Partial<Pick<TokenSource, "invalidate">> &
        Pick<TokenSource, "getToken" | "peekToken">;

      function watch(work: Promise<unknown>): void {
        const startedAtMs = performance.now();
        const end = (): void => {
          waiting -= 1;
          longestMs = Math.max(longestMs, performance.now() - startedAtMs);
        };
        waiting += 1;
        work.then(end, end);
      }

      async function rejectHeld(): Promise<void> {
        const held = getter.peekToken();
        if (held === undefined) return;
        getter.invalidate?.(held);
        const attempt = await getter.authorize?.({ method: "GET", url: `${issuer}/api` });
        const header = (): string => 'Bearer error="invalid_token"';
        await attempt?.next({ status: 401, header, canRepeat: true });
      }

      const callers = [0, 1, 2].map(() => new AbortController());
      for (const taken of history) {
        if ("call" in taken) {
          const signal = callers[Number(taken.call)]?.signal;
          watch(getter.getToken(signal && { signal }));
        } else if ("abort" in taken) {
          callers[taken.abort]?.abort();
          callers[taken.abort] = new AbortController();
        } else if ("behave" in taken) {
          behaviour = taken.behave as Behaviour;
        } else if ("reject" in taken) {
          watch(rejectHeld());
        } else {
          await endpoint.pass(taken.pass);
        }
      }
      await endpoint.pass((maxWaitMs + latenessMs) / 1000);
      expect(waiting).toBe(0);
      expect(longestMs).toBeLessThanOrEqual(maxWaitMs + latenessMs);
      expect(mostRequests).toBeLessThanOrEqual(atOnce);

      // Longer than any pause.
      behaviour = "ok";
      await endpoint.pass(61);
      const token = getter.getToken();
      await endpoint.pass(20);

      expect((await token).value).toMatch(/^token-/);
      await endpoint.pass(20);
      expect(vi.getTimerCount()).toBe(0);
      vi.useRealTimers();
    });

    await fc.assert(property);
  },
);
