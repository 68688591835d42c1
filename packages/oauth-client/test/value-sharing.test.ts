import type { OAuthClient } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import fc from "fast-check";
import { expect, it } from "vitest";

import { rejectionOf, setUp } from "./support/client.ts";
import type { PlatformRequest, VirtualWorkers } from "./support/virtual-workers.ts";
import { createVirtualWorkers } from "./support/virtual-workers.ts";

const issuer = "https://hub.example";
const settings = { latencyMs: 300, lifetimeSeconds: 20 };

function createClient(
  { ports, transport }: Pick<VirtualWorkers, "ports" | "transport">,
  sharing: "promise" | "value" = "value",
): OAuthClient {
  return createOAuthClient({
    baseUrl: issuer,
    clientId: "partner",
    clientSecret: "planted-secret",
    metadata: { issuer, tokenEndpoint: `${issuer}/token` },
    sharing,
    ports,
    transport,
  });
}

// What the first call loads takes a machine a while, and virtual time none.
await createClient({
  ports: createVirtualWorkers(settings).ports,
  transport: async () => ({ ok: false, failure: { kind: "network", cause: undefined } }),
})
  .tryGetToken({ maxWaitMs: 1 })
  .catch(() => undefined);

const visit = fc.record({
  afterMs: fc.constantFrom(0, 0, 1, 40, 700, 4000, 9000, 15_000),
  endsAfterMs: fc.option(fc.constantFrom(0, 20, 150, 290, 500), { nil: undefined }),
  isWaitedFor: fc.boolean(),
});

it("CLI-15 CLI-10 leads every request to a token, however many others the platform ends, with a token request per end at most", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { minLength: 1, maxLength: 25 }), async (visits) => {
      const platform = createVirtualWorkers(settings);
      const client = createClient(platform);
      const alive: PlatformRequest[] = [];
      let ended = 0;
      for (const { afterMs, endsAfterMs, isWaitedFor } of visits) {
        await platform.advance(afterMs);
        const waitUntil = isWaitedFor ? { waitUntil: () => undefined } : {};
        const request = platform.serve(async () => (await client.getToken(waitUntil)).value);
        if (endsAfterMs === undefined) {
          alive.push(request);
          continue;
        }
        await platform.advance(endsAfterMs);
        request.isEnded = true;
        ended += 1;
      }
      // Each owner that is ended is noticed after a second and a bit.
      await platform.advance(settings.latencyMs + 2000 * (ended + 1));

      const outcomes = alive.map(({ outcome }) => String(outcome));
      expect(outcomes.filter((outcome) => !/^token-\d+$/.test(outcome))).toEqual([]);
      // A token is refreshed when half of its life is over, the drawn moment, and not earlier.
      const tokensOfTime = 1 + platform.nowMs() / (settings.lifetimeSeconds * 500);
      expect(platform.tokenRequests()).toBeLessThanOrEqual(tokensOfTime + ended);
    }),
    { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 4) },
  );
});

it("CLI-15 does not do so by sharing the promise: the test would notice", async () => {
  const platform = createVirtualWorkers(settings);
  const client = createClient(platform, "promise");
  const owner = platform.serve(() => client.getToken());
  await platform.advance(100);
  const other = platform.serve(() => client.getToken());
  owner.isEnded = true;

  await platform.advance(25_000);

  expect(other.outcome).toBeUndefined();
});

it("CLI-15 CLI-08 serves the held token while it is refreshed, and the one who refreshes waits a second for it at most", async () => {
  const platform = createVirtualWorkers({ ...settings, latencyMs: 3000 });
  const client = createClient(platform);
  const first = platform.serve(async () => (await client.getToken()).value);
  await platform.advance(3500);
  expect(first.outcome).toBe("token-1");
  await platform.advance(10_000);

  const refreshing = platform.serve(async () => (await client.getToken()).value);
  const passing = platform.serve(async () => (await client.getToken()).value);
  await platform.advance(0);
  expect([refreshing.outcome, passing.outcome]).toEqual([undefined, "token-1"]);
  await platform.advance(1100);
  expect(refreshing.outcome).toBe("token-1");
  await platform.advance(2500);

  expect(client.peekToken()?.value).toBe("token-2");
  expect(platform.tokenRequests()).toBe(2);
});

it("CLI-15 CLI-08 has the platform wait for a refresh where it can, and nobody else", async () => {
  const platform = createVirtualWorkers(settings);
  const client = createClient(platform);
  const work: Promise<unknown>[] = [];
  const get = (): PlatformRequest =>
    platform.serve(async () => {
      const view = client.with({ waitUntil: (promise) => work.push(promise) });
      return (await view.getToken()).value;
    });
  get();
  await platform.advance(12_000);
  expect(work).toHaveLength(1);

  const served = get();
  await platform.advance(0);
  expect(served.outcome).toBe("token-1");
  await platform.advance(400);
  await Promise.all(work);

  expect(work).toHaveLength(2);
  expect(client.peekToken()?.value).toBe("token-2");
});

it("CLI-15 CLI-14 leaves nothing behind of a caller that aborts or runs out of time", async () => {
  const platform = createVirtualWorkers(settings);
  const client = createClient(platform);
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = platform.serve(() => client.getToken({ signal }));
  const hasty = platform.serve(() => client.getToken({ maxWaitMs: 50 }));
  await platform.advance(100);
  controller.abort("enough");
  await platform.advance(100);

  expect(hasty.outcome).toMatchObject({ kind: "timeout" });
  expect(aborted.outcome).toMatchObject({ kind: "aborted" });
  await platform.advance(1000);
  expect(client.explain()).toMatchObject([{ waiting: 0, isRequesting: false }]);
});

it("CLI-15 CLI-29 CLI-30 shares failures, pauses and a new secret as values, too, over real HTTP", async () => {
  let secret = "old-secret";
  await using setup = await setUp({
    sharing: "value",
    clientSecret: () => secret,
    tokenEndpointAuthMethod: "client_secret_post",
  });
  const { client, server } = setup;
  let failures = 2;
  server.script.token = ({ form }) => {
    if (form.get("client_secret") !== "new-secret")
      return { status: 401, body: { error: "invalid_client" } };
    failures -= 1;
    return failures >= 0 ? { status: 503, body: "" } : undefined;
  };
  const errors = await Promise.all(Array.from({ length: 5 }, () => rejectionOf(client.getToken())));
  expect(errors.map((error) => (error as { error: string }).error)).toEqual(
    Array.from({ length: 5 }, () => "invalid_client"),
  );
  expect(server.tokenRequests()).toHaveLength(1);

  secret = "new-secret";
  await expect.poll(async () => (await client.tryGetToken()).ok, { timeout: 8000 }).toBe(true);

  expect(server.tokenRequests()).toHaveLength(4);
});
