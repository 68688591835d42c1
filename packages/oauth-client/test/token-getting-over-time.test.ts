import { afterEach, describe, expect, it, vi } from "vitest";
import { rejectionOf } from "./support/client.ts";
import { tokenGetterKinds } from "./support/token-getters.ts";
import { errorAnswer, startVirtualEndpoint, tokenAnswer } from "./support/virtual-endpoint.ts";

afterEach(() => {
  vi.useRealTimers();
});

const dead = (): Promise<Response> => Promise.reject(new TypeError("fetch failed"));

function jwt(claims: object): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  return `${encode({ alg: "ES256" })}.${encode(claims)}.c2ln`;
}

describe.each(tokenGetterKinds)("$name", (kind) => {
  it("CLI-01 makes one request for many calls on a token of ten seconds", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = (count) => tokenAnswer(`token-${count}`, { expires_in: 10 });
    const getter = endpoint.connect(kind);

    for (let call = 0; call < 10; call += 1) {
      await getter.getToken();
      await endpoint.pass(0.15);
    }

    expect(endpoint.requestedAt).toEqual([0]);
    await endpoint.pass(9);
    expect((await getter.getToken()).value).toBe("token-2");
  });

  it.each([
    { name: "an opaque token", value: () => "opaque", lifetimeMs: 300_000, source: "assumed" },
    {
      name: "a JWT",
      value: () => jwt({ exp: Date.now() / 1000 + 600 }),
      lifetimeMs: 600_000,
      source: "jwt_exp",
    },
  ])(
    "CLI-02 caches $name without expires_in, not for ever, and says so in an event",
    async ({ value, lifetimeMs, source }) => {
      const endpoint = startVirtualEndpoint();
      endpoint.answer = () => tokenAnswer(value(), { expires_in: undefined });
      const getter = endpoint.connect(kind);

      const token = await getter.getToken();
      await getter.getToken();

      expect(endpoint.requestedAt).toEqual([0]);
      expect(token.lifetimeMs).toBeCloseTo(lifetimeMs, 3);
      expect(endpoint.events).toContainEqual(
        expect.objectContaining({ type: "lifetime_guessed", lifetimeSource: source }),
      );
      await endpoint.pass(lifetimeMs / 1000);
      await getter.getToken();
      expect(endpoint.requestedAt).toHaveLength(2);
    },
  );

  it("CLI-04 counts the life from when the request was sent", async () => {
    const endpoint = startVirtualEndpoint();
    const sentAt = Date.now() / 1000;
    endpoint.answer = async () => {
      await new Promise((resolve) => {
        setTimeout(resolve, 5000);
      });
      return tokenAnswer("token");
    };
    const waiting = endpoint.connect(kind).getToken();

    await endpoint.pass(5);

    expect((await waiting).expiresAt).toBeCloseTo(sentAt + 900, 3);
  });

  it("CLI-05 notices that the machine slept, and that the wall clock was set back", async () => {
    const endpoint = startVirtualEndpoint();
    const getter = endpoint.connect(kind);
    await getter.getToken();

    vi.setSystemTime(Date.now() + 1000_000);
    expect(getter.peekToken()).toBeUndefined();
    expect((await getter.getToken()).value).toBe("token-2");

    vi.setSystemTime(Date.now() - 5000_000);
    await endpoint.pass(901);
    expect(getter.peekToken()).toBeUndefined();
    expect((await getter.getToken()).value).toBe("token-3");
  });

  it("CLI-06 makes no loop of a server that gives the same dying token again and again", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => tokenAnswer("same", { expires_in: 2 });
    const getter = endpoint.connect(kind);

    for (let call = 0; call < 100; call += 1) {
      await getter.getToken();
      await endpoint.pass(0.1);
    }

    expect(endpoint.requestedAt.length).toBeLessThanOrEqual(11);
  });

  it("CLI-07 spreads the first refreshes of those that started together", async () => {
    const endpoint = startVirtualEndpoint();
    const getters = Array.from({ length: 50 }, () => endpoint.connect(kind));
    await Promise.all(getters.map(({ getToken }) => getToken()));

    for (let minute = 0; minute < 13; minute += 1) {
      await endpoint.pass(60);
      await Promise.all(getters.map(({ getToken }) => getToken()));
    }

    const refreshedAt = endpoint.requestedAt.slice(50);
    expect(Math.min(...refreshedAt)).toBeGreaterThanOrEqual(180);
    expect(new Set(refreshedAt).size).toBeGreaterThan(4);
  });

  it("CLI-08 CLI-09 does not let callers notice a dead endpoint while the token is valid", async () => {
    const endpoint = startVirtualEndpoint();
    const getter = endpoint.connect(kind);
    await getter.getToken();
    endpoint.answer = dead;

    for (const seconds of [730, 50, 50, 40, 29]) {
      await endpoint.pass(seconds);
      expect((await getter.getToken()).value).toBe("token-1");
    }

    expect(endpoint.events).toContainEqual(expect.objectContaining({ type: "degraded" }));
    expect(endpoint.events.map(({ type }) => type)).not.toContain("failed");
  });

  it("CLI-09 CLI-13 says fast since when and how often, once there is no valid token, and recovers", async () => {
    const endpoint = startVirtualEndpoint();
    const startedAt = Date.now() / 1000;
    endpoint.answer = dead;
    const getter = endpoint.connect(kind);
    const first = rejectionOf(getter.getToken());
    let isOver = false;
    void first.finally(() => {
      isOver = true;
    });
    for (let step = 0; !isOver && step < 100; step += 1) await endpoint.pass(0.1);

    const remembered = await rejectionOf(getter.getToken());

    expect(endpoint.requestedAt).toHaveLength(3);
    expect(await first).toMatchObject({ kind: "network", retryable: true, outage: undefined });
    expect(remembered).toMatchObject({ kind: "network", retryable: true });
    expect(remembered).toHaveProperty("outage", { attempts: 3, since: startedAt });
    endpoint.answer = () => tokenAnswer("new");
    await endpoint.pass(1);
    expect((await getter.getToken()).value).toBe("new");
    await endpoint.pass(0);
    expect(endpoint.events.at(-1)).toMatchObject({ type: "recovered", attempts: 3 });
  });

  it("CLI-29 remembers a refused credential for a short, growing while", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => errorAnswer(401, "invalid_client");
    const getter = endpoint.connect(kind);
    await rejectionOf(getter.getToken());

    const remembered = await rejectionOf(getter.getToken());

    expect(endpoint.requestedAt).toEqual([0]);
    expect(remembered).toMatchObject({
      name: "OAuthResponseError",
      error: "invalid_client",
      status: 401,
      outage: { attempts: 1 },
    });
    expect(remembered).toHaveProperty("retryAfterMs");
    await endpoint.pass(1);
    await rejectionOf(getter.getToken());
    expect(endpoint.requestedAt).toHaveLength(2);
    await endpoint.pass(0.9);
    await rejectionOf(getter.getToken());
    expect(endpoint.requestedAt).toHaveLength(2);
  });

  it.each([
    ["seconds", () => "7"],
    ["a date", () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 7000).toUTCString()],
  ])(
    "CLI-30 waits as long as a Retry-After in %s asks for, for all callers",
    async (_form, value) => {
      const endpoint = startVirtualEndpoint();
      endpoint.answer = (count) =>
        count === 1
          ? errorAnswer(429, "temporarily_unavailable", { "retry-after": value() })
          : tokenAnswer("after");
      const getter = endpoint.connect(kind);

      const waiting = [getter.getToken(), getter.getToken()];
      await endpoint.pass(6.9);
      const late = getter.getToken();
      expect(endpoint.requestedAt).toEqual([0]);
      await endpoint.pass(1.2);

      const values = (await Promise.all([...waiting, late])).map((token) => token.value);
      expect(values).toEqual(["after", "after", "after"]);
      expect(endpoint.requestedAt).toHaveLength(2);
    },
  );

  it.each([
    [
      "an OAuth error",
      (headers: Record<string, string>) => Response.json({ error: "x" }, { status: 503, headers }),
    ],
    ["a page", (headers: Record<string, string>) => new Response("down", { status: 503, headers })],
  ])("CLI-30 does not keep a caller waiting past its deadline, with %s", async (_name, refuse) => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => refuse({ "retry-after": "45" });
    const getter = endpoint.connect(kind);

    const error = await rejectionOf(getter.getToken());

    expect(error).toMatchObject({ status: 503, retryable: true, retryAfterMs: 45_000 });
    expect(endpoint.requestedAt).toEqual([0]);
  });

  it.each([408, 429, 500, 503])(
    "CLI-30 tries again after a JSON error with status %d",
    async (status) => {
      const endpoint = startVirtualEndpoint();
      endpoint.answer = (count) =>
        count < 3 ? errorAnswer(status, "temporarily_unavailable") : tokenAnswer("third");
      const getter = endpoint.connect(kind);
      const token = getter.getToken();

      await endpoint.pass(1);

      expect((await token).value).toBe("third");
    },
  );

  it("CLI-14 listens on for a caller though another with the same signal has run out of time", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => new Promise(() => undefined);
    const getter = endpoint.connect(kind, { maxWaitMs: 1000 });
    const controller = new AbortController();
    const { signal } = controller;
    const first = rejectionOf(getter.getToken({ signal }));
    await endpoint.pass(0.5);
    const second = rejectionOf(getter.getToken({ signal }));
    await endpoint.pass(0.5);
    expect(await first).toMatchObject({ kind: "timeout" });

    controller.abort("enough");

    expect(await second).toMatchObject({ kind: "aborted", cause: "enough" });
  });

  it("CLI-23 CLI-14 gives up on an endpoint that does not answer, after three tries", async () => {
    const endpoint = startVirtualEndpoint();
    endpoint.answer = () => new Promise(() => undefined);
    const getter = endpoint.connect(kind, { requestTimeoutMs: 2000 });
    const error = rejectionOf(getter.getToken());

    await endpoint.pass(29);

    expect(await error).toMatchObject({ kind: "timeout", retryable: true });
    expect(endpoint.requestedAt).toHaveLength(3);
  });
});
