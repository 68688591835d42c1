import { describe, expect, it } from "vitest";

import type { RateLimiter } from "@credicorp/oauth-core";
import { createMemoryRateLimiter } from "@credicorp/oauth-core/authorization-server";
import { parseRateLimitFields } from "@credicorp/oauth-core/protocol";
import { createControlledClock } from "@credicorp/oauth-core/testing";

import type { TestResponse, TestServer } from "./support/test-server.ts";
import { basic, createTestServer, paths, secrets } from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };

async function take(server: TestServer, count: number): Promise<TestResponse[]> {
  const responses: TestResponse[] = [];
  for (let index = 0; index < count; index += 1) {
    responses.push(await server.post(paths.token, grantType));
  }
  return responses;
}

function fieldsOf(response: TestResponse): ReturnType<typeof parseRateLimitFields> {
  return parseRateLimitFields({
    "ratelimit-policy": response.header("ratelimit-policy") ?? "",
    ratelimit: response.header("ratelimit") ?? "",
  });
}

/** A server without a budget of tokens, whose limiter is as far away as told. */
async function createServerOfLimiter(delayMs: number | undefined): Promise<TestServer> {
  const memory = createMemoryRateLimiter(createControlledClock());
  const remote: RateLimiter = {
    take: async (...input) => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return memory.take(...input);
    },
  };
  return createTestServer(
    { limits: { token: null } },
    { rateLimiter: delayMs === undefined ? memory : remote },
  );
}

describe("rate limits", () => {
  it("RL-01 answers 429 with Retry-After in seconds, and keeps the promise", async () => {
    const server = await createTestServer({ limits: { token: { limit: 2, windowSeconds: 60 } } });

    const [, , refused] = await take(server, 3);
    expect([refused?.status, refused?.header("retry-after")]).toEqual([429, "30"]);

    server.clock.advance(29);
    expect((await take(server, 1))[0]?.status).toBe(429);
    server.clock.advance(1);
    expect((await take(server, 1))[0]?.status).toBe(200);
  });

  it("RL-04 gives a client one budget, however many addresses it has", async () => {
    const server = await createTestServer({ limits: { token: { limit: 2, windowSeconds: 60 } } });
    const addresses = ["192.0.2.1", "198.51.100.7", "2001:db8::1"];

    const statuses: number[] = [];
    for (const address of addresses) {
      statuses.push((await server.post(paths.token, grantType, { address })).status);
    }
    const other = await server.post(paths.token, grantType, {
      headers: [basic("other", secrets.other)],
    });

    expect(statuses).toEqual([200, 200, 429]);
    expect(other.status).toBe(200);
  });

  it("RL-02 says what is left, on success as on refusal, and names no caller", async () => {
    const server = await createTestServer({ limits: { token: { limit: 3, windowSeconds: 60 } } });

    const responses = await take(server, 4);

    const policy = { policy: "token", quota: 3, windowSeconds: 60 };
    expect(responses.map(fieldsOf)).toEqual([
      { ...policy, remaining: 2, resetAfterSeconds: 20 },
      { ...policy, remaining: 1, resetAfterSeconds: 40 },
      { ...policy, remaining: 0, resetAfterSeconds: 60 },
      { ...policy, remaining: 0, resetAfterSeconds: 20 },
    ]);
    expect(responses[3]?.header("retry-after")).toBe("20");
    for (const { headers } of responses) expect(JSON.stringify(headers)).not.toContain("basic");
  });

  it("RL-02 says what is left with errors of an authenticated client too", async () => {
    const server = await createTestServer();

    const response = await server.post(paths.token, { grant_type: "password" });

    expect(fieldsOf(response)).toMatchObject({ policy: "token", remaining: 59 });
  });

  it("RL-03 keeps the OAuth error and adds the problem's members", async () => {
    const server = await createTestServer({ limits: { token: { limit: 1, windowSeconds: 60 } } });

    const [, refused] = await take(server, 2);

    expect(refused?.header("content-type")).toBe("application/json");
    expect(refused?.json).toEqual({
      error: "temporarily_unavailable",
      error_description: expect.stringContaining("Too many requests"),
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: expect.any(String),
      status: 429,
      "violated-policies": ["token"],
    });
  });

  it("RL-04 keeps a flood of bad secrets away from the genuine client elsewhere", async () => {
    const server = await createTestServer({ limits: { token: null } });
    const flood = Array.from({ length: 500 }, (_, index) =>
      server.post(paths.token, grantType, {
        headers: [basic("basic", `guess number ${index}`)],
        address: "203.0.113.66",
      }),
    );
    const genuine = Array.from({ length: 100 }, () => server.post(paths.token, grantType));

    const flooded = (await Promise.all(flood)).map(({ status }) => status);
    const served = (await Promise.all(genuine)).map(({ status }) => status);

    expect(flooded.filter((status) => status === 401)).toHaveLength(10);
    expect(flooded.filter((status) => status === 429)).toHaveLength(490);
    expect(new Set(served)).toEqual(new Set([200]));
  });

  it.each([
    { name: "in memory", delayMs: undefined },
    { name: "2 ms away", delayMs: 2 },
  ])(
    "RL-04 AUTH-07 lets ten of 200 guesses at once learn anything, the right one among the rest: limiter $name",
    async ({ delayMs }) => {
      const server = await createServerOfLimiter(delayMs);
      const guess = (secret: string): Promise<TestResponse> =>
        server.post(paths.token, grantType, {
          headers: [basic("basic", secret)],
          address: "203.0.113.66",
        });
      const wrong = Array.from({ length: 199 }, (_, index) => guess(`guess number ${index}`));

      const answers = await Promise.all([...wrong, guess(secrets.basic)]);
      const elsewhere = await server.post(paths.token, grantType);

      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 401)).toHaveLength(10);
      expect(statuses.filter((status) => status === 429)).toHaveLength(190);
      expect(answers.at(-1)?.json).not.toHaveProperty("access_token");
      expect(elsewhere.status).toBe(200);
      expect(server.events.filter(({ type }) => type === "token_issued")).toHaveLength(1);
    },
  );

  it("RL-04 AUTH-07 serves the right secret that is within the budget of failures", async () => {
    const server = await createServerOfLimiter(undefined);
    const guesses = [...Array.from({ length: 9 }, () => "wrong"), secrets.basic, "wrong", "wrong"];

    const answers = await Promise.all(
      guesses.map((secret) =>
        server.post(paths.token, grantType, { headers: [basic("basic", secret)] }),
      ),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses).toEqual([...Array.from({ length: 9 }, () => 401), 200, 401, 429]);
  });

  it("RL-04 AUTH-07 refuses no good request for how many are sent at once", async () => {
    const server = await createServerOfLimiter(2);

    const answers = await Promise.all(
      Array.from({ length: 100 }, () => server.post(paths.token, grantType)),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("RL-04 AUTH-07 counts failures for a whole /64 of IPv6, within which anybody has any address", async () => {
    const server = await createTestServer();
    const guess = async (address: string): Promise<number> =>
      (await server.post(paths.token, grantType, { headers: [basic("basic", "wrong")], address }))
        .status;

    for (let index = 0; index < 10; index += 1) {
      expect(await guess(`2001:db8::${index + 1}`)).toBe(401);
    }

    expect(await guess("2001:db8::ffff:1")).toBe(429);
    expect(await guess("2001:db8:0:1::1")).toBe(401);
  });

  it("RL-04 charges a client's budget only once it has authenticated", async () => {
    const server = await createTestServer({ limits: { token: { limit: 2, windowSeconds: 60 } } });

    for (let count = 0; count < 9; count += 1) {
      await server.post(paths.token, grantType, { headers: [basic("basic", "wrong")] });
    }

    expect((await take(server, 3)).map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it("RL-04 gives each client a budget of its own, and each endpoint another", async () => {
    const server = await createTestServer({ limits: { token: { limit: 1, windowSeconds: 60 } } });
    await take(server, 2);

    const other = await server.post(paths.token, grantType, {
      headers: [basic("other", secrets.other)],
    });
    const introspection = await server.post(paths.introspection, { token: "x" });

    expect([other.status, introspection.status]).toEqual([200, 200]);
  });

  it("RL-04 has a ceiling for each address, whoever asks from there, and for each /64 of IPv6", async () => {
    const server = await createTestServer({ limits: { address: { limit: 2, windowSeconds: 60 } } });
    const ask = async (address: string): Promise<number> =>
      (await server.post(paths.token, grantType, { headers: [], address })).status;

    expect([await ask("192.0.2.7"), await ask("192.0.2.7"), await ask("192.0.2.7")]).toEqual([
      401, 401, 429,
    ]);
    expect(await ask("192.0.2.8")).toBe(401);
    expect([
      await ask("2001:db8::1"),
      await ask("2001:db8:0:0:ffff::2"),
      await ask("2001:db8::3"),
    ]).toEqual([401, 401, 429]);
    expect(await ask("2001:db8:0:1::1")).toBe(401);
  });

  it("RL-05 counts exactly among many at once", async () => {
    const server = await createTestServer({ limits: { token: { limit: 50, windowSeconds: 60 } } });

    const all = await Promise.all(
      Array.from({ length: 300 }, () => server.post(paths.token, grantType)),
    );

    expect(all.filter(({ status }) => status === 200)).toHaveLength(50);
    expect(all.filter(({ status }) => status === 429)).toHaveLength(250);
  });

  it("RL-05 fails closed: without its rate limiter the server issues nothing", async () => {
    const rateLimiter = { take: () => Promise.reject(new Error("no connection")) };
    const server = await createTestServer({}, { rateLimiter });

    const response = await server.post(paths.token, grantType);

    expect(response.status).toBe(503);
    expect(response.json).not.toHaveProperty("access_token");
  });

  it("RL-06 has the budgets of production unless others are configured, for a server or a client", async () => {
    const server = await createTestServer();
    await server.register({
      id: "other",
      secret: secrets.other,
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
      tokenLimit: { limit: 2, windowSeconds: 10 },
    });

    const usual = await server.post(paths.token, grantType);
    const own = await server.post(paths.token, grantType, {
      headers: [basic("other", secrets.other)],
    });

    expect(server.policy.limits).toEqual({
      token: { limit: 60, windowSeconds: 60 },
      introspection: { limit: 600, windowSeconds: 60 },
      revocation: { limit: 60, windowSeconds: 60 },
      address: { limit: 1200, windowSeconds: 60 },
      failedAuthentication: { limit: 10, windowSeconds: 60 },
    });
    expect(usual.header("ratelimit-policy")).toBe('"token";q=60;w=60');
    expect(own.header("ratelimit-policy")).toBe('"token";q=2;w=10');
  });

  it("RL-06 gives a client more tokens by its tokenLimit, and no more introspections and revocations", async () => {
    const limits = {
      introspection: { limit: 1, windowSeconds: 60 },
      revocation: { limit: 1, windowSeconds: 60 },
    };
    const server = await createTestServer({ limits });
    await server.register({
      id: "other",
      secret: secrets.other,
      tokenEndpointAuthMethod: "client_secret_basic",
      tokenLimit: { limit: 1000, windowSeconds: 10 },
    });

    for (const path of [paths.introspection, paths.revocation]) {
      const ask = (): Promise<TestResponse> =>
        server.post(path, { token: "x" }, { headers: [basic("other", secrets.other)] });
      const answers = [await ask(), await ask()];
      expect(answers.map(({ status }) => status)).toEqual([200, 429]);
      expect(answers[0]?.header("ratelimit-policy")).toMatch(/;q=1;w=60$/);
    }
  });

  it("is not confused by a wall clock that is set back", async () => {
    const server = await createTestServer({ limits: { token: { limit: 2, windowSeconds: 60 } } });
    await take(server, 2);

    server.clock.setNow(1_600_000_000);
    const [refused] = await take(server, 1);
    server.clock.advance(30);
    const [served] = await take(server, 1);

    expect([refused?.status, served?.status]).toEqual([429, 200]);
  });
});
