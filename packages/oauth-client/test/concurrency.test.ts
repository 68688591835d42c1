import { expect, it } from "vitest";
import { delay, rejectionOf, setUp } from "./support/client.ts";

const path = "/partner/v1/applications";

it("CLI-10 makes one token request for 50 cold callers", async () => {
  await using setup = await setUp({ tokenDelayMs: 25 });
  const { client, server } = setup;

  const responses = await Promise.all(Array.from({ length: 50 }, () => client.fetch(path)));

  expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
  expect(server.tokenRequests()).toHaveLength(1);
});

it("CLI-11 makes one token request when 50 callers meet a revoked token at once", async () => {
  await using setup = await setUp({ tokenDelayMs: 25 });
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();

  const responses = await Promise.all(Array.from({ length: 50 }, () => client.fetch(path)));

  expect(responses.every(({ ok }) => ok)).toBe(true);
  expect(server.tokenRequests()).toHaveLength(2);
});

it("CLI-11 makes one token request when 50 callers meet a revoked token over 400 ms", async () => {
  await using setup = await setUp({ tokenDelayMs: 25 });
  const { client, server } = setup;
  await client.getToken();
  server.validTokens.clear();
  // The API is slow, so that rejections of the old token arrive when the new one is there.
  server.script.api = ({ authorization = "" }) =>
    server.validTokens.has(authorization.slice("Bearer ".length))
      ? undefined
      : {
          status: 401,
          headers: { "www-authenticate": 'Bearer error="invalid_token"' },
          delayMs: Math.random() * 100,
        };

  const responses = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await delay(index * 8);
      return client.fetch(path);
    }),
  );

  expect(responses.every(({ ok }) => ok)).toBe(true);
  expect(server.tokenRequests()).toHaveLength(2);
});

// Ten thousand callers take seconds on a busy machine.
const timeout = 60_000;

it("CLI-10 makes one token request for 10,000 cold callers", { timeout }, async () => {
  await using setup = await setUp({ tokenDelayMs: 25 });
  const { client, server } = setup;

  const tokens = await Promise.all(Array.from({ length: 10_000 }, () => client.getToken()));

  expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(["access-token-1"]));
  expect(server.tokenRequests()).toHaveLength(1);
});

it.each([
  { name: "at once", staggerMs: 0 },
  { name: "over 400 ms", staggerMs: 400 },
])(
  "CLI-11 makes one token request when 10,000 callers meet a revoked token $name",
  { timeout },
  async ({ staggerMs }) => {
    const revoked = new Set<string>();
    let rejections = 0;
    // The API is no socket here: ten thousand of them would measure the machine.
    await using setup = await setUp({
      tokenDelayMs: 25,
      fetch: async (input, init) => {
        const { url } = new Request(input);
        if (!url.endsWith(path)) return globalThis.fetch(input, init);
        await delay(Math.random() * 50);
        const isRevoked = revoked.has(new Headers(init?.headers).get("authorization") ?? "");
        if (!isRevoked) return new Response("{}");
        rejections += 1;
        const headers = { "www-authenticate": 'Bearer error="invalid_token"' };
        return new Response("{}", { status: 401, headers });
      },
    });
    const { client, server } = setup;
    revoked.add((await client.getToken()).authorization);

    const responses = await Promise.all(
      Array.from({ length: 10_000 }, async (_, index) => {
        if (staggerMs > 0) await delay((index / 10_000) * staggerMs);
        return client.fetch(path);
      }),
    );

    expect(responses.every(({ ok }) => ok)).toBe(true);
    expect(rejections).toBeGreaterThan(100);
    expect(server.tokenRequests()).toHaveLength(2);
  },
);

it("CLI-13 has one request in flight per scope, not per client", async () => {
  await using setup = await setUp({ tokenDelayMs: 25 });
  const { client, server } = setup;

  await Promise.all([
    client.getToken({ scope: ["a", "b"] }),
    client.getToken({ scope: ["b", "a", "a"] }),
    client.getToken({ scope: ["c"] }),
    client.getToken(),
  ]);

  const scopes = server.tokenRequests().map(({ form }) => form.get("scope"));
  expect(scopes).toHaveLength(3);
  expect(new Set(scopes)).toEqual(new Set(["a b", "c", null]));
});

it("CLI-17 does not reuse a token of broader scope, and surfaces what was not granted", async () => {
  await using setup = await setUp();
  const { client, server, events } = setup;
  await client.getToken({ scope: ["a", "b"] });
  server.tokenMembers["scope"] = "a";

  const token = await client.getToken({ scope: ["a"] });
  const narrowed = await client.getToken({ scope: ["a", "c"] });

  expect(server.tokenRequests()).toHaveLength(3);
  expect(token.scope).toEqual(["a"]);
  expect(narrowed).toMatchObject({ scope: ["a"], requestedScope: ["a", "c"] });
  expect(events).toContainEqual({ type: "scope_narrowed", requested: ["a", "c"], granted: ["a"] });
});

it("CLI-13 does not keep a rejected promise", async () => {
  await using setup = await setUp();
  const { client, server } = setup;
  server.script.token = () => ({ status: 400, body: { error: "invalid_scope" } });
  await rejectionOf(client.getToken());
  delete server.script.token;

  await delay(1050);

  expect((await client.getToken()).value).toBe("access-token-1");
});

it("CLI-14 an abort detaches its caller, and the shared request goes on", async () => {
  await using setup = await setUp({ tokenDelayMs: 60 });
  const { client, server } = setup;
  const controller = new AbortController();
  const first = rejectionOf(client.getToken({ signal: controller.signal }));
  const second = client.getToken();
  await delay(20);

  controller.abort();

  expect(await first).toMatchObject({ kind: "aborted", code: "ERR_OAUTH_ABORTED" });
  expect((await second).value).toBe("access-token-1");
  expect(server.tokenRequests()).toHaveLength(1);
});

it("CLI-14 a deadline detaches its caller, and the shared request goes on", async () => {
  await using setup = await setUp({ tokenDelayMs: 100 });
  const { client, server } = setup;
  const patient = client.getToken();

  const error = await rejectionOf(client.getToken({ maxWaitMs: 30 }));

  expect(error).toMatchObject({
    kind: "timeout",
    message: "There was no access token within 30 ms",
  });
  expect((await patient).value).toBe("access-token-1");
  expect(server.tokenRequests()).toHaveLength(1);
});

it("CLI-14 the shared request is aborted when nobody waits any more", async () => {
  await using setup = await setUp({ tokenDelayMs: 200 });
  const { client, server } = setup;
  const controller = new AbortController();
  const waiting = rejectionOf(client.getToken({ signal: controller.signal }));
  await delay(100);

  controller.abort();
  await waiting;
  await delay(200);

  expect(server.tokenRequests()).toHaveLength(1);
  expect((await client.getToken()).value).toBe("access-token-2");
});

it("CLI-14 a signal that is aborted already stops the call before anything is sent", async () => {
  await using setup = await setUp();
  const { client, server } = setup;

  const error = await rejectionOf(client.fetch(path, { signal: AbortSignal.abort("enough") }));

  expect(error).toBe("enough");
  expect(server.seen).toEqual([]);
});
