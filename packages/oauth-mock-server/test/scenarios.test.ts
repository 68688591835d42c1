import { describe, expect, it } from "vitest";

import { tokenRequest } from "./support/requests.ts";
import type { FaultSetting } from "./support/fault-setting.ts";
import {
  hitsOf,
  jwksPath,
  readSegment,
  seeJson,
  setUpFaults,
  ways,
} from "./support/fault-setting.ts";

async function setUp(way: (typeof ways)[number] = "without a port"): Promise<FaultSetting> {
  const setting = await setUpFaults(way);
  setting.sandbox.clock.freeze();
  return setting;
}

/** Tells whether introspection takes a token for good. */
async function isActive({ sandbox, send }: FaultSetting, token: unknown): Promise<unknown> {
  const api = sandbox.clients.get("partner-api");
  const body = new URLSearchParams({ token: String(token) });
  const init = { ...tokenRequest(api), body };
  return (await seeJson(send("/partner/v1/oauth/introspect", init)))["active"];
}

describe.each(ways)("a scenario, reached %s", (way) => {
  it("FLT-09 outage: nobody reaches the server, until it is over by the clock of the sandbox", async () => {
    const setting = await setUp(way);
    const { scenarios, clock } = setting.sandbox;

    await scenarios.outage({ lasts: "30s", retryAfterSeconds: 30 });

    const response = await setting.send(jwksPath);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "30"]);
    expect(await hitsOf(setting, 2)).toBe("xx");
    clock.advance("29s");
    expect(await hitsOf(setting, 1)).toBe("x");
    clock.advance("1s");
    expect(await hitsOf(setting, 1)).toBe(".");
  });

  it.each([
    { as: "gateway", seen: 502 },
    { as: "reset", seen: "TypeError" },
  ] as const)("FLT-09 outage as $as, of one endpoint, until it is ended", async ({ as, seen }) => {
    const setting = await setUp(way);

    const outage = await setting.sandbox.scenarios.outage({ as, endpoint: "jwks" });

    const look = (): Promise<unknown> =>
      setting.send(jwksPath).then(
        ({ status }) => status,
        (error: Error) => error.name,
      );
    expect(await look()).toBe(seen);
    expect(await hitsOf(setting, 1)).toBe(".");
    await outage.end();
    await outage.end();
    expect(await look()).toBe(200);
    expect(setting.sandbox.faults.list()).toEqual([]);
  });

  it("FLT-09 throttle: one client is held back, and told how long", async () => {
    const setting = await setUp(way);
    const { scenarios, clients, clock } = setting.sandbox;

    await scenarios.throttle({
      clientId: "partner-basic",
      times: 1,
      retryAfterSeconds: 20,
      retryAfterForm: "date",
    });

    const other = tokenRequest(clients.get("partner-read-only"));
    expect((await setting.send("/partner/v1/oauth/token", other)).status).toBe(200);
    const held = await setting.askForToken();
    expect(held.status).toBe(429);
    const backAt = Date.parse(held.headers.get("retry-after") ?? "") / 1000;
    expect(backAt).toBe(Math.ceil(clock.now() + 20));
    expect(await hitsOf(setting, 1)).toBe(".");
  });

  it("FLT-09 clock skew: the server has another time than everybody else", async () => {
    const setting = await setUp(way);
    const { scenarios, clock } = setting.sandbox;

    const issuedAt = async (): Promise<unknown> =>
      readSegment((await seeJson(setting.askForToken()))["access_token"], 1)["iat"];
    {
      await using skew = await scenarios.clockSkew({ by: "-7m", lasts: "1h" });
      expect(skew.faults).toEqual(["fault-1"]);
      expect(await issuedAt()).toBe(Math.floor(clock.now()) - 420);
    }
    expect(await issuedAt()).toBe(Math.floor(clock.now()));
  });

  it("FLT-09 secret rotation: both secrets are good, until the overlap is over", async () => {
    const setting = await setUp(way);
    const { scenarios, clients, clock } = setting.sandbox;
    const before = clients.get("partner-basic");

    const { secret, secretId } = await scenarios.secretRotation("partner-basic", {
      overlap: "10m",
    });

    const after = clients.get("partner-basic");
    const statuses = async (): Promise<readonly number[]> => [
      (await setting.send("/partner/v1/oauth/token", tokenRequest(before))).status,
      (await setting.send("/partner/v1/oauth/token", tokenRequest(after))).status,
    ];
    expect(after.secret).toBe(secret);
    expect((await clients.secrets("partner-basic")).map(({ id }) => id)).toContain(secretId);
    expect(await statuses()).toEqual([200, 200]);
    clock.advance("599s");
    expect(await statuses()).toEqual([200, 200]);
    clock.advance("1s");
    expect(await statuses()).toEqual([401, 200]);
  });

  it("FLT-09 secret rotation: its end ends the overlap", async () => {
    const setting = await setUp(way);
    const before = setting.sandbox.clients.get("partner-basic");
    const rotation = await setting.sandbox.scenarios.secretRotation("partner-basic");

    await rotation.end();

    const old = await setting.send("/partner/v1/oauth/token", tokenRequest(before));
    const fresh = tokenRequest(setting.sandbox.clients.get("partner-basic"));
    expect(old.status).toBe(401);
    expect((await setting.send("/partner/v1/oauth/token", fresh)).status).toBe(200);
  });

  it("FLT-09 key rotation: a new key signs, tokens of the old one stay good until it ends", async () => {
    const setting = await setUp(way);
    const { access_token: old } = await seeJson(setting.askForToken());

    const rotation = await setting.sandbox.scenarios.keyRotation();

    const { access_token: fresh } = await seeJson(setting.askForToken());
    expect(readSegment(fresh, 0)["kid"]).toBe(rotation.kid);
    expect(readSegment(old, 0)["kid"]).not.toBe(rotation.kid);
    expect([await isActive(setting, old), await isActive(setting, fresh)]).toEqual([true, true]);
    await rotation.end();
    expect([await isActive(setting, old), await isActive(setting, fresh)]).toEqual([false, true]);
  });

  it("FLT-09 key rotation: announced first, or published late", async () => {
    const setting = await setUp(way);
    const { scenarios, clock } = setting.sandbox;
    const published = async (): Promise<number> =>
      ((await seeJson(setting.send(jwksPath)))["keys"] as unknown[]).length;
    const signing = async (): Promise<unknown> =>
      readSegment((await seeJson(setting.askForToken()))["access_token"], 0)["kid"];

    const { kid: announced } = await scenarios.keyRotation({ announced: "5m" });
    expect([await published(), (await signing()) === announced]).toEqual([2, false]);
    clock.advance("5m");
    expect([await published(), (await signing()) === announced]).toEqual([2, true]);

    const late = await scenarios.keyRotation({ publishedLateBy: "1m" });
    expect([await published(), await signing()]).toEqual([2, late.kid]);
    expect(late.faults).toHaveLength(1);
    clock.advance("1m");
    expect(await published()).toBe(3);
    expect(setting.sandbox.faults.list()).toHaveLength(1);
    await late.end();
    expect(setting.sandbox.faults.list()).toEqual([]);
  });

  it("FLT-09 revocation: all tokens of a client end, and others do not", async () => {
    const setting = await setUp(way);
    const { scenarios, clients, clock } = setting.sandbox;
    const other = tokenRequest(clients.get("partner-read-only"));
    const { access_token: mine } = await seeJson(setting.askForToken());
    const { access_token: theirs } = await seeJson(setting.send("/partner/v1/oauth/token", other));

    const revocation = await scenarios.revocation("partner-basic");
    await revocation.end();

    expect([await isActive(setting, mine), await isActive(setting, theirs)]).toEqual([false, true]);
    clock.advance("1s");
    const { access_token: next } = await seeJson(setting.askForToken());
    expect(await isActive(setting, next)).toBe(true);
  });
});

describe("a scenario", () => {
  it("says what it cannot do", async () => {
    const { sandbox } = await setUp();
    const { scenarios } = sandbox;

    await expect(scenarios.revocation("nobody")).rejects.toThrow("There is no client nobody");
    await expect(scenarios.secretRotation("partner-private-key-jwt")).rejects.toThrow(
      /by a secret/,
    );
    await expect(scenarios.secretRotation("partner-basic", { overlap: "-1s" })).rejects.toThrow(
      "overlap must not be negative",
    );
    await expect(scenarios.clockSkew({ by: "soon" as "1s" })).rejects.toThrow(/duration must be/);
    await expect(scenarios.outage({ lasts: "-1s" })).rejects.toThrow(/expiresInSeconds/);
    expect(sandbox.faults.list()).toEqual([]);
  });
});
