import type { Sandbox, SandboxConfiguration } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

const tokenPath = "/partner/v1/oauth/token";
const secret = "sandbox_test_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u";
const one = {
  id: "one",
  tokenEndpointAuthMethod: "client_secret_basic",
  secret,
  scope: ["x"],
} as const;
const api = { ...one, id: "api", grantTypes: [], mayIntrospect: true, scope: [] };
const base: SandboxConfiguration = { clients: [one, api] };

async function setUp(configuration: SandboxConfiguration = base): Promise<Sandbox> {
  const sandbox = await createSandbox(configuration);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function send(
  sandbox: Sandbox,
  path: string,
  { id = "one", ...form }: Record<string, string>,
) {
  const { secret: current } = sandbox.clients.get(id);
  const response = await sandbox.fetch(path, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${current}`)}` },
    body: new URLSearchParams(form),
  });
  const json = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return { status: response.status, json };
}

function ask(sandbox: Sandbox, id?: string) {
  return send(sandbox, tokenPath, { grant_type: "client_credentials", ...(id && { id }) });
}

async function isActive(sandbox: Sandbox, token: unknown): Promise<unknown> {
  const form = { token: String(token), id: "api" };
  return (await send(sandbox, "/partner/v1/oauth/introspect", form)).json["active"];
}

describe("another configuration for a sandbox in use", () => {
  it("CMD-05 takes clients, scopes, lifetimes, limits and faults, and says what changed", async () => {
    const sandbox = await setUp();

    const result = await sandbox.reconfigure({
      clients: [{ ...one, scope: ["x", "y"] }, api, { ...one, id: "two", scope: ["z"] }],
      accessTokenLifetimeSeconds: 60,
      limits: { token: { limit: 1, windowSeconds: 60 } },
      faults: [{ fault: "server_error", endpoint: "jwks" }],
    });
    const first = await ask(sandbox);

    expect(result).toEqual({
      changed: ["clients", "accessTokenLifetimeSeconds", "limits", "faults"],
      fixed: [],
    });
    expect(first.json).toMatchObject({ expires_in: 60, scope: "x y" });
    expect((await ask(sandbox)).status).toBe(429);
    expect((await ask(sandbox, "two")).json).toMatchObject({ scope: "z" });
    expect((await sandbox.fetch("/.well-known/jwks.json")).status).toBe(503);
  });

  it("CMD-05 keeps keys, clock, revocations, budgets and what was added since", async () => {
    const sandbox = await setUp({ ...base, limits: { token: { limit: 5, windowSeconds: 60 } } });
    sandbox.clock.set(1_900_000_000);
    sandbox.clock.freeze();
    const now = sandbox.clock.now();
    await sandbox.clients.create({ ...one, id: "added" });
    sandbox.faults.add({ fault: "server_error", endpoint: "metadata", id: "mine" });
    const live = (await ask(sandbox)).json["access_token"];
    const revoked = (await ask(sandbox)).json["access_token"];
    await send(sandbox, "/partner/v1/oauth/revoke", { token: String(revoked) });
    const keys = await sandbox.keys.list();

    await sandbox.reconfigure({
      ...base,
      limits: { token: { limit: 5, windowSeconds: 60 } },
      accessTokenLifetimeSeconds: 300,
    });

    expect(await sandbox.keys.list()).toEqual(keys);
    expect(sandbox.clock.now()).toBe(now);
    expect([await isActive(sandbox, live), await isActive(sandbox, revoked)]).toEqual([
      true,
      false,
    ]);
    expect(sandbox.faults.list().map(({ id }) => id)).toEqual(["mine"]);
    expect((await ask(sandbox, "added")).status).toBe(200);
    const rest = [];
    for (let turn = 0; turn < 4; turn += 1) rest.push((await ask(sandbox)).status);
    expect(rest).toEqual([200, 200, 200, 429]);
  });

  it("CMD-05 makes only those clients anew that differ, and removes those that are gone", async () => {
    const made = {
      id: "made",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["x"],
    } as const;
    const sandbox = await setUp({ clients: [one, api, made] });
    const madeSecret = sandbox.clients.get("made").secret;
    const rotated = await sandbox.clients.rotateSecret("one", { overlapSeconds: 0 });

    await sandbox.reconfigure({ clients: [one, api, { ...made, scope: ["x", "y"] }] });
    expect(sandbox.clients.get("made").secret).toBe(madeSecret);
    expect(sandbox.clients.get("one").secret).toBe(rotated.secret);
    expect((await ask(sandbox)).status).toBe(200);
    expect((await ask(sandbox, "made")).json).toMatchObject({ scope: "x y" });

    await sandbox.reconfigure({ clients: [one, api] });
    expect(sandbox.clients.list().map(({ id }) => id)).toEqual(["one", "api"]);
    const stranger = await sandbox.fetch(tokenPath, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`made:${madeSecret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    expect(stranger.status).toBe(401);
  });

  it("CMD-05 leaves a client as it was made last when it is changed afterwards", async () => {
    const sandbox = await setUp();
    await sandbox.reconfigure({ clients: [{ ...one, scope: ["x", "y"] }, api] });

    await sandbox.clients.change("one", { description: "changed" });

    expect((await ask(sandbox)).json).toMatchObject({ scope: "x y" });
  });

  it("CMD-05 names what cannot change while it runs, and leaves that as it is", async () => {
    const sandbox = await setUp();

    const { changed, fixed } = await sandbox.reconfigure({
      ...base,
      issuer: "https://elsewhere.example",
      seed: 1,
      maxBodyBytes: 10,
      accessTokenLifetimeSeconds: 61,
    });

    expect([changed, fixed]).toEqual([
      ["accessTokenLifetimeSeconds"],
      ["issuer", "seed", "maxBodyBytes"],
    ]);
    expect(sandbox.issuer).toBe("http://localhost");
    expect((await ask(sandbox)).json).toMatchObject({ expires_in: 61 });
  });

  it.each<{ readonly name: string; readonly wanted: SandboxConfiguration; readonly rule: RegExp }>([
    {
      name: "a weak secret",
      wanted: {
        clients: [
          { ...one, scope: ["y"] },
          { ...one, id: "two", secret: "weak" },
        ],
      },
      rule: /less than 128 bits/,
    },
    { name: "a client twice", wanted: { clients: [one, one] }, rule: /twice/ },
    {
      name: "a scope that no resource defines",
      wanted: { ...base, resources: [{ identifier: "https://api.example/", scopes: ["y"] }] },
      rule: /no resource defines/,
    },
    {
      name: "a fault that can never act, after one that can",
      wanted: {
        clients: [{ ...one, scope: ["y"] }, api],
        faults: [{ fault: "server_error" }, { fault: "unknown_kid", endpoint: "jwks" }],
      },
      rule: /faults\[1\]/,
    },
    { name: "a lifetime", wanted: { ...base, accessTokenLifetimeSeconds: 0 }, rule: /accessToken/ },
  ])("CMD-05 changes nothing at all for $name", async ({ wanted, rule }) => {
    const sandbox = await setUp();
    const before = sandbox.clients.list();

    await expect(sandbox.reconfigure(wanted)).rejects.toThrow(rule);

    expect(sandbox.clients.list()).toEqual(before);
    expect(sandbox.faults.list()).toEqual([]);
    expect((await ask(sandbox)).json).toMatchObject({ scope: "x", expires_in: 900 });
  });

  it("CMD-05 puts new faults in place of the old ones, and a reset goes back to the new", async () => {
    const sandbox = await setUp({ ...base, faults: [{ fault: "server_error", id: "old" }] });

    await sandbox.reconfigure({ ...base, faults: [{ fault: "delay", delayMs: 1, id: "new" }] });
    expect(sandbox.faults.list().map(({ id }) => id)).toEqual(["new"]);
    sandbox.faults.clear();
    await sandbox.reset();

    expect(sandbox.faults.list().map(({ id }) => id)).toEqual(["new"]);
  });

  it("CMD-05 takes a fault of the same name for another one, and not two of one name", async () => {
    const fault = { fault: "delay", delayMs: 1, id: "a" } as const;
    const sandbox = await setUp({ ...base, faults: [fault] });

    await sandbox.reconfigure({ ...base, faults: [{ fault: "server_error", id: "a" }] });
    await expect(
      sandbox.reconfigure({ ...base, accessTokenLifetimeSeconds: 60, faults: [fault, fault] }),
    ).rejects.toThrow("faults[1].id a is taken");

    expect(sandbox.faults.list().map(({ rule }) => rule.fault)).toEqual(["server_error"]);
    sandbox.faults.clear();
    expect((await ask(sandbox)).json).toMatchObject({ expires_in: 900 });
  });

  it("CMD-05 signs as the new configuration says, with a key that is made then", async () => {
    const sandbox = await setUp();

    await sandbox.reconfigure({ ...base, accessTokenAlgorithm: "Ed25519" });
    const [header = ""] = String((await ask(sandbox)).json["access_token"]).split(".");

    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toMatchObject({
      alg: "Ed25519",
    });
  });

  it("CMD-05 does one after the other what is asked at a time", async () => {
    const sandbox = await setUp();

    const [, second] = await Promise.all([
      sandbox.reconfigure({ ...base, accessTokenLifetimeSeconds: 60 }),
      sandbox.reconfigure({ ...base, accessTokenLifetimeSeconds: 120 }),
      sandbox.reset(),
    ]);

    expect(second.changed).toEqual(["accessTokenLifetimeSeconds"]);
    expect((await ask(sandbox)).json).toMatchObject({ expires_in: 120 });
  });
});

describe("a client with two secrets", () => {
  const status = async (sandbox: Sandbox, password: string): Promise<number> => {
    const response = await sandbox.fetch(tokenPath, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`partner-two-secrets:${password}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    return response.status;
  };

  it("CMD-01 has one that ends by the sandbox's clock, at its very second, and again after a reset", async () => {
    const sandbox = await setUp({});
    sandbox.clock.freeze();
    await sandbox.reset();
    const { secret: newer, secrets = [] } = sandbox.clients.get("partner-two-secrets");
    const older = secrets[1];
    const endsAt = older?.expiresAt ?? 0;

    expect(secrets.map((known) => known.secret)).toEqual([newer, older?.secret]);
    expect(endsAt).toBe(Math.floor(sandbox.clock.now()) + 600);
    sandbox.clock.set(endsAt - 1);
    expect([await status(sandbox, newer), await status(sandbox, older?.secret ?? "")]).toEqual([
      200, 200,
    ]);
    sandbox.clock.set(endsAt);
    expect([await status(sandbox, newer), await status(sandbox, older?.secret ?? "")]).toEqual([
      200, 401,
    ]);

    const began = sandbox.clock.now() - 600;
    await sandbox.reset();
    const again = sandbox.clients.get("partner-two-secrets").secrets?.[1]?.expiresAt ?? 0;
    expect(await status(sandbox, older?.secret ?? "")).toBe(200);
    expect(again).toBeGreaterThanOrEqual(Math.floor(began) + 600);
    expect(again).toBeLessThan(began + 900);
  });

  it.each([
    [
      { secret, expiresAt: 2_000_000_000, expiresInSeconds: 60 },
      /has expiresAt and expiresInSeconds/,
    ],
    [{ secret, expiresInSeconds: 0 }, /secrets\[0\]\.expiresInSeconds must be a whole number/],
    [{ secret, expiresInSeconds: 1.5 }, /secrets\[0\]\.expiresInSeconds must be a whole number/],
  ])("CMD-01 refuses %j", async (wrong, rule) => {
    await expect(
      createSandbox({ clients: [{ ...one, secret: undefined, secrets: [wrong] }] }),
    ).rejects.toThrow(rule);
  });
});
