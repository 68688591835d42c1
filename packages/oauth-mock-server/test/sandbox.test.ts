import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";

import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Sandbox, SandboxOptions } from "@credicorp/oauth-mock-server";
import { createSandbox, defaultClients } from "@credicorp/oauth-mock-server";

import { isActive } from "./support/partner-token.ts";
import { tokenRequest } from "./support/requests.ts";

const tokenPath = "/partner/v1/oauth/token";

async function setUp(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function issue(sandbox: Sandbox, id = "partner-basic"): Promise<Record<string, unknown>> {
  const response = await sandbox.fetch(tokenPath, tokenRequest(sandbox.clients.get(id)));
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

async function makeSigningJwk(): Promise<PrivateJwk> {
  const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), alg: "ES256" } as unknown as PrivateJwk;
}

function decode(token: unknown, segment: 0 | 1): Record<string, unknown> {
  const text = Buffer.from(String(token).split(".")[segment] ?? "", "base64url").toString("utf8");
  return JSON.parse(text) as Record<string, unknown>;
}

describe("sandbox in process", () => {
  const [partner] = defaultClients;
  if (partner === undefined) throw new Error("no client");

  it.each<{ name: string; options: SandboxOptions; option: string }>([
    { name: "a client twice", options: { clients: [partner, partner] }, option: "clients" },
    {
      name: "a scope that no resource defines",
      options: { resources: [{ identifier: "https://api.example", scopes: ["a"] }] },
      option: "scope",
    },
    {
      name: "a proxy that is no address",
      options: { trustedProxies: ["::1", "10.0.0.0/8", "nonsense"] },
      option: "trustedProxies[2]",
    },
    {
      name: "a network that is too long",
      options: { trustedProxies: ["10.0.0.0/33"] },
      option: "trustedProxies[0]",
    },
    {
      name: "no authentication method at all",
      options: { clientAuthenticationMethods: [] },
      option: "clientAuthenticationMethods",
    },
  ])("refuses $name", async ({ options, option }) => {
    await expect(createSandbox(options)).rejects.toMatchObject({ kind: "config", option });
  });

  it("refuses a signing key that is there twice", async () => {
    const jwk = await makeSigningJwk();

    await expect(createSandbox({ signingKeys: [jwk, jwk] })).rejects.toMatchObject({
      kind: "config",
      option: "signingKeys[1]",
    });
  });

  it("refuses a new client with a scope that no resource defines, and signs as a new client asks", async () => {
    const sandbox = await setUp();
    const tokenEndpointAuthMethod = "client_secret_basic" as const;

    const refused = sandbox.clients.create({
      id: "reports",
      tokenEndpointAuthMethod,
      scope: ["reports:read"],
    });
    await expect(refused).rejects.toMatchObject({ kind: "config", option: "scope" });
    await sandbox.clients.create({
      id: "pss",
      tokenEndpointAuthMethod,
      scope: ["decisions:read"],
      accessTokenAlgorithm: "PS256",
    });

    expect(decode((await issue(sandbox, "pss"))["access_token"], 0)["alg"]).toBe("PS256");
  });

  it("replaces a client while it is in use", async () => {
    const sandbox = await setUp({ limits: { token: null, failedAuthentication: null } });
    let current = sandbox.clients.get("partner-basic");

    for (let round = 0; round < 20; round += 1) {
      // The first use of a secret writes its date, which competes with the replacement.
      const traffic = [1, 2].map(() => sandbox.fetch(tokenPath, tokenRequest(current)));
      current = await sandbox.clients.create({ ...partner, secret: undefined });
      await Promise.all(traffic);
      expect((await sandbox.fetch(tokenPath, tokenRequest(current))).status).toBe(200);
    }
  });

  it("AT-09 issues tokens without a port, marked as sandbox, for its own audience", async () => {
    const sandbox = await setUp();

    const { access_token: token } = await issue(sandbox);

    expect(sandbox.issuer).toBe("http://localhost");
    expect(decode(token, 1)).toMatchObject({
      env: "sandbox",
      iss: sandbox.issuer,
      aud: `${sandbox.issuer}/partner/v1`,
      sub: "partner-basic",
    });
    expect(await isActive(sandbox, token)).toBe(true);
  });

  it("names claims and members of a header that no JWT can have", async () => {
    await using sandbox = await createSandbox();
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;

    for (const value of [circle, { big: 1n }]) {
      await expect(sandbox.issueToken({ claims: { value } })).rejects.toMatchObject({
        kind: "config",
        option: "claims",
      });
      await expect(sandbox.issueToken({ header: { value } })).rejects.toMatchObject({
        kind: "config",
        option: "header",
      });
    }
  });

  it("AT-09 shares no key with another sandbox: its tokens mean nothing there", async () => {
    const [one, other] = [await setUp(), await setUp()];
    const { access_token: token } = await issue(one);

    expect(await isActive(other, token)).toBe(false);
  });

  it("has a client for each situation that a partner meets", async () => {
    const sandbox = await setUp();
    const ask = (id: string): Promise<Response> =>
      sandbox.fetch(tokenPath, tokenRequest(sandbox.clients.get(id)));
    const post = sandbox.clients.get("partner-post");
    const inBody = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: post.id,
      client_secret: post.secret,
    });

    expect(await issue(sandbox, "partner-short-lived")).toMatchObject({ expires_in: 2 });
    expect(await issue(sandbox, "partner-read-only")).toMatchObject({ scope: "decisions:read" });
    expect((await ask("partner-suspended")).status).toBe(401);
    expect((await ask("partner-post")).status).toBe(401);
    expect((await sandbox.fetch(tokenPath, { method: "POST", body: inBody })).status).toBe(200);
    expect((await ask("partner-api")).status).toBe(400);
    const limited = [
      await ask("partner-limited"),
      await ask("partner-limited"),
      await ask("partner-limited"),
    ];
    expect(limited.map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it("gives clients recognisable secrets and keeps digests only", async () => {
    const secrets = defaultClients.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
    expect(secrets.length).toBeGreaterThan(5);
    for (const secret of secrets) expect(secret).toMatch(/^sandbox_[a-z]+_[A-Za-z0-9]{32}$/);
    const sandbox = await setUp();

    const created = await sandbox.clients.create({
      id: "new",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
    });

    expect(created.secret).toMatch(/^credicorp_sandbox_[A-Za-z0-9_-]{49}$/);
    expect(await issue(sandbox, "new")).toMatchObject({ scope: "decisions:read" });
    expect(() => sandbox.clients.get("nobody")).toThrow(/there are: partner-basic/);
  });

  it("follows the clock that it is given, for tokens and for dates", async () => {
    const clock = createControlledClock();
    const sandbox = await setUp({ clock });
    const { access_token: token } = await issue(sandbox);

    clock.advance(899);
    expect(await isActive(sandbox, token)).toBe(true);
    clock.advance(1);
    expect(await isActive(sandbox, token)).toBe(false);
    const { headers } = await sandbox.fetch("/.well-known/jwks.json");
    expect(headers.get("date")).toBe("Tue, 14 Nov 2023 22:28:20 GMT");
  });

  it("JWK-04 rotates its key at once, and the old token stays good", async () => {
    const sandbox = await setUp();
    const { access_token: before } = await issue(sandbox);

    const rotated = await sandbox.keys.rotate();
    const { access_token: after } = await issue(sandbox);

    expect(decode(after, 0)["kid"]).toBe(rotated.kid);
    expect(decode(before, 0)["kid"]).not.toBe(rotated.kid);
    expect([await isActive(sandbox, before), await isActive(sandbox, after)]).toEqual([true, true]);
    expect((await sandbox.keys.list()).map(({ phase }) => phase)).toEqual(["retained", "signing"]);
  });

  it("AT-04 signs with RS256 for a client that asks for it, with a key from the configuration", async () => {
    const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
    const jwk = { ...privateKey.export({ format: "jwk" }), alg: "RS256" } as unknown as PrivateJwk;
    const [basicClient] = defaultClients;
    if (basicClient === undefined) throw new Error("no client");
    const sandbox = await setUp({
      signingKeys: [jwk],
      clients: [{ ...basicClient, accessTokenAlgorithm: "RS256" }],
    });

    const { access_token: token } = await issue(sandbox);
    const jwks = await (await sandbox.fetch("/.well-known/jwks.json")).text();

    expect(decode(token, 0)["alg"]).toBe("RS256");
    expect(jwks).not.toContain(jwk.d);
    expect(JSON.parse(jwks)).toMatchObject({
      keys: [{ alg: "RS256", n: jwk.n }, { alg: "ES256" }],
    });
  });

  it("ends all tokens of a client on request", async () => {
    const sandbox = await setUp();
    const { access_token: token } = await issue(sandbox);

    await sandbox.revokeClientTokens("partner-basic");

    expect(await isActive(sandbox, token)).toBe(false);
  });

  it("tells its listener why, and the caller that it failed", async () => {
    const reasons: unknown[] = [];
    const sandbox = await setUp({
      audit: (event) => reasons.push("why" in event ? event.why : event.type),
    });
    const client = { ...sandbox.clients.get("partner-basic"), secret: "wrong" };

    const response = await sandbox.fetch(tokenPath, tokenRequest(client));

    expect(await response.json()).toEqual({
      error: "invalid_client",
      error_description: "Client authentication failed",
      error_uri: "http://localhost/partner/v1/oauth/errors/invalid_client",
    });
    expect(reasons).toEqual(["secret_wrong"]);
  });

  it("answers its own origin only", async () => {
    const sandbox = await setUp();

    await expect(sandbox.fetch("https://hub.credicorp.co.uk/")).rejects.toThrow(
      /http:\/\/localhost only/,
    );
    expect(
      (await sandbox.fetch(new Request(`${sandbox.issuer}/.well-known/jwks.json`))).status,
    ).toBe(200);
  });

  it("HTTP-05 reads a long body no further than the limit", async () => {
    const sandbox = await setUp();
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(4096));
      },
    });
    const init = {
      method: "POST",
      body: endless,
      duplex: "half",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    };

    expect((await sandbox.fetch(tokenPath, init as RequestInit)).status).toBe(413);
    expect(pulled).toBeLessThan(20);
  });

  it.each<[string, SandboxOptions]>([
    ["issuer", { issuer: "http://example.com" }],
    ["accessTokenLifetimeSeconds", { accessTokenLifetimeSeconds: 3601 }],
    [
      "signingKeys[0]",
      { signingKeys: [{ kty: "RSA", d: "AQ", alg: "RS256", n: "AQAB", e: "AQAB" }] },
    ],
    ["limits.token", { limits: { token: { limit: 0, windowSeconds: 1 } } }],
    [
      'clients["a"].secret',
      { clients: [{ id: "a", tokenEndpointAuthMethod: "client_secret_basic", secret: "x" }] },
    ],
  ])("refuses a wrong %s and names it", async (option, options) => {
    await expect(createSandbox(options)).rejects.toMatchObject({ kind: "config", option });
  });

  it("JWK-03 publishes a key as one that verifies, though its private half says that it signs", async () => {
    const jwk = await makeSigningJwk();
    const sandbox = await setUp({ signingKeys: [{ ...jwk, key_ops: ["sign"] }] });

    const response = await sandbox.fetch("/.well-known/jwks.json");

    const { keys } = (await response.json()) as { readonly keys: readonly object[] };
    expect(keys[0]).toMatchObject({ use: "sig", alg: "ES256" });
    expect(keys[0]).not.toHaveProperty("key_ops");
  });

  it("JWK-03 refuses a key whose halves are of two keys", async () => {
    const [jwk, other] = [await makeSigningJwk(), await makeSigningJwk()];

    await expect(createSandbox({ signingKeys: [{ ...jwk, d: other.d }] })).rejects.toMatchObject({
      kind: "config",
      option: "signingKeys[0]",
    });
  });

  it("stops listening at the end of `await using`, and may be closed twice", async () => {
    let kept: Sandbox;
    let url: string;
    {
      await using sandbox = await createSandbox();
      kept = sandbox;
      ({ url } = await sandbox.listen());
      expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(200);
    }

    await expect(fetch(url)).rejects.toThrow(/fetch failed/);
    await expect(kept.close()).resolves.toBeUndefined();
  });
});
