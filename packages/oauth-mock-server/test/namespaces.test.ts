import { generateKeyPairSync } from "node:crypto";

import type { PrivateJwk } from "@credicorp/oauth-core/protocol";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Sandbox, SandboxNamespace } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it } from "vitest";

import { adminCall, adminOf } from "./support/admin.ts";
import { basic, tokenRequest } from "./support/requests.ts";

const tokenPath = "partner/v1/oauth/token";

async function tokenOf(namespace: SandboxNamespace): Promise<string> {
  const client = namespace.clients.get("partner-basic");
  const response = await namespace.fetch(tokenPath, tokenRequest(client));
  return ((await response.json()) as { readonly access_token: string }).access_token;
}

async function isActive(namespace: SandboxNamespace, token: string): Promise<boolean> {
  const response = await namespace.fetch("partner/v1/oauth/introspect", {
    method: "POST",
    headers: { authorization: basic(namespace.clients.get("partner-api")) },
    body: new URLSearchParams({ token }),
  });
  return ((await response.json()) as { readonly active: boolean }).active;
}

async function claimsOf(
  space: Pick<Sandbox, "issueToken">,
): Promise<Readonly<Record<string, unknown>>> {
  const [, payload = ""] = (await space.issueToken()).split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
}

async function lifetimeOf(space: Pick<Sandbox, "issueToken">): Promise<number> {
  const { iat, exp } = await claimsOf(space);
  return Number(exp) - Number(iat);
}

describe("a namespace", () => {
  it("NSP-01 has an issuer of its own, and its metadata at both of its places", async () => {
    await using sandbox = await createSandbox();
    const early = await sandbox.namespaces.create("early");
    const { url } = await sandbox.listen();
    const late = await sandbox.namespaces.create("late");

    for (const { name, issuer } of [early, late]) {
      expect(issuer).toBe(`${url}/ns/${name}`);
      for (const place of [
        `${url}/.well-known/oauth-authorization-server/ns/${name}`,
        `${url}/ns/${name}/.well-known/oauth-authorization-server`,
      ]) {
        const response = await fetch(place);
        expect(response.headers.get("access-control-allow-origin")).toBe("*");
        expect(await response.json()).toMatchObject({
          issuer,
          token_endpoint: `${issuer}/partner/v1/oauth/token`,
          introspection_endpoint: `${issuer}/partner/v1/oauth/introspect`,
          revocation_endpoint: `${issuer}/partner/v1/oauth/revoke`,
          jwks_uri: `${issuer}/.well-known/jwks.json`,
        });
      }
    }
    const main = await fetch(`${url}/.well-known/oauth-authorization-server`);
    expect(await main.json()).toMatchObject({ issuer: url });
  });

  it("NSP-02 shares no clock, client, key, fault, budget, journal or revocation with another", async () => {
    // What they answer is compared, and must not differ by the time that passes between.
    await using sandbox = await createSandbox({ clock: createControlledClock() });
    const [one, other] = await Promise.all(
      ["one", "other"].map((name) => sandbox.namespaces.create(name)),
    );
    if (one === undefined || other === undefined) throw new Error("There are two");
    const [token, otherToken] = [await tokenOf(one), await tokenOf(other)];

    expect([await isActive(one, token), await isActive(other, token)]).toEqual([true, false]);
    one.clock.advance("1h");
    expect([await isActive(one, token), await isActive(other, otherToken)]).toEqual([false, true]);
    one.clock.reset();

    await one.clients.create({ id: "mine", tokenEndpointAuthMethod: "client_secret_basic" });
    expect(other.clients.list().map(({ id }) => id)).not.toContain("mine");
    expect(sandbox.clients.list().map(({ id }) => id)).not.toContain("mine");

    one.faults.add({ fault: "server_error" });
    const limited = await other.fetch(
      tokenPath,
      tokenRequest(other.clients.get("partner-limited")),
    );
    expect(limited.status).toBe(200);
    expect((await one.fetch(tokenPath, { method: "POST" })).status).toBe(503);
    one.faults.clear();
    const again = await one.fetch(tokenPath, tokenRequest(one.clients.get("partner-limited")));
    expect(again.headers.get("ratelimit")).toBe(limited.headers.get("ratelimit"));

    await one.revokeClientTokens("partner-basic");
    expect(await isActive(other, otherToken)).toBe(true);
    const kids = await Promise.all([one, other, sandbox].map(({ keys }) => keys.list()));
    expect(new Set(kids.flat().map(({ kid }) => kid)).size).toBe(3);

    other.requests.clear();
    expect(one.requests.count()).toBeGreaterThan(0);
    expect(sandbox.requests.count()).toBe(0);
    const issuers = one.requests.list().map(({ request }) => request.path);
    expect(issuers.every((path) => path.startsWith("/ns/one/"))).toBe(true);
  });

  it("NSP-02 has keys of its own, though the sandbox was given some", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = { ...privateKey.export({ format: "jwk" }), alg: "ES256" } as unknown as PrivateJwk;
    await using sandbox = await createSandbox({ signingKeys: [jwk] });
    const namespace = await sandbox.namespaces.create("a");

    const [given] = await sandbox.keys.list();
    const own = await namespace.keys.list();

    expect(own).toHaveLength(1);
    expect(own[0]?.kid).not.toBe(given?.kid);
  });

  it("NSP-02 answers for itself alone: a test that goes astray reaches nobody", async () => {
    await using sandbox = await createSandbox();
    const one = await sandbox.namespaces.create("one");
    await sandbox.namespaces.create("one-more");

    for (const path of ["/partner/v1/oauth/token", "/ns/one-more/.well-known/jwks.json", "../x"]) {
      await expect(one.fetch(path)).rejects.toThrow("answers for http://localhost/ns/one only");
    }
    expect((await one.fetch(".well-known/jwks.json")).status).toBe(200);
    expect((await one.fetch("/ns/one/.well-known/jwks.json")).status).toBe(200);
  });

  it("NSP-03 is administered by its own token or the sandbox's, and by no other", async () => {
    await using sandbox = await createSandbox();
    const one = await sandbox.namespaces.create("one");
    const other = await sandbox.namespaces.create("other");
    const status = async (url: string, token: string): Promise<number> =>
      (await adminCall({ fetch: sandbox.fetch, url, token })("GET", "/whoami")).status;

    expect(await status(one.adminUrl, one.adminToken)).toBe(200);
    expect(await status(one.adminUrl, sandbox.adminToken)).toBe(200);
    expect(await status(one.adminUrl, other.adminToken)).toBe(401);
    expect(await status(sandbox.adminUrl, one.adminToken)).toBe(401);
  });

  it("NSP-03 is what its admin API is about", async () => {
    await using sandbox = await createSandbox();
    const made = await adminOf(sandbox)("POST", "/namespaces", { name: "mine", seed: 7 });
    const call = adminCall({
      fetch: sandbox.fetch,
      url: made.value.adminUrl,
      token: made.value.adminToken,
    });

    await call("POST", "/clock/advance", { by: "1d" });
    await call("DELETE", "/clients/partner-basic");
    const [namespace] = sandbox.namespaces.list();

    expect(namespace?.clock.state().offsetMs).toBe(86_400_000);
    const ids = namespace?.clients.list().map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(["partner-post"]));
    expect(ids).not.toContain("partner-basic");
    expect(sandbox.clock.state().offsetMs).toBe(0);
    expect(sandbox.clients.get("partner-basic").id).toBe("partner-basic");
    expect((await call("GET", "/namespaces")).status).toBe(404);
  });

  it("NSP-04 goes when it is deleted, and its name is free again", async () => {
    await using sandbox = await createSandbox();
    const one = await sandbox.namespaces.create("one");
    const { issuer } = one;
    await expect(sandbox.namespaces.create("one")).rejects.toMatchObject({ option: "name" });

    expect(await sandbox.namespaces.delete("one")).toBe(true);
    expect(await sandbox.namespaces.delete("one")).toBe(false);
    expect((await sandbox.fetch(`${issuer}/.well-known/jwks.json`)).status).toBe(404);
    {
      await using again = await sandbox.namespaces.create("one");
      expect(again.issuer).toBe(issuer);
    }
    expect(sandbox.namespaces.list()).toEqual([]);
  });

  it("NSP-04 of which there are only so many goes when nobody has used it for a while", async () => {
    const clock = createControlledClock(1_800_000_000);
    await using sandbox = await createSandbox({ clock, namespaces: { max: 2, idleSeconds: 60 } });
    await sandbox.namespaces.create("used");
    await sandbox.namespaces.create("idle");
    await expect(sandbox.namespaces.create("more")).rejects.toMatchObject({
      option: "namespaces",
      message: expect.stringContaining("There are 2"),
    });

    clock.advance(40);
    expect((await sandbox.fetch("/ns/used/.well-known/jwks.json")).status).toBe(200);
    clock.advance(40);
    expect((await sandbox.fetch("/ns/idle/.well-known/jwks.json")).status).toBe(404);
    await sandbox.namespaces.create("more");

    expect(sandbox.namespaces.list().map(({ name }) => name)).toEqual(["used", "more"]);
    // The clock of a namespace is no matter: that time has not passed.
    sandbox.namespaces.list()[0]?.clock.advance("1d");
    expect((await sandbox.fetch("/ns/used/.well-known/jwks.json")).status).toBe(200);
  });

  it("NSP-07 is configured as the sandbox is, and follows when that is configured otherwise", async () => {
    await using sandbox = await createSandbox({ accessTokenLifetimeSeconds: 100 });
    const before = await sandbox.namespaces.create("before");
    before.clock.freeze();
    await before.clients.create({
      id: "added",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
    });
    const keys = await before.keys.list();
    expect(await lifetimeOf(before)).toBe(100);

    const [outcome, meanwhile] = await Promise.all([
      sandbox.reconfigure({ accessTokenLifetimeSeconds: 200 }),
      sandbox.namespaces.create("meanwhile"),
    ]);
    const after = await sandbox.namespaces.create("after");

    expect(outcome).toEqual({ changed: ["accessTokenLifetimeSeconds"], fixed: [] });
    for (const one of [before, meanwhile, after]) expect(await lifetimeOf(one)).toBe(200);
    expect(before.clients.get("added").id).toBe("added");
    expect(before.clock.state().isFrozen).toBe(true);
    expect(await before.keys.list()).toEqual(keys);
    await before.reset();
    expect(await lifetimeOf(before)).toBe(200);
  });

  it("NSP-07 JWK-04 changes its keys by schedule once the sandbox listens, made before that or after it", async () => {
    const keyRotation = { everySeconds: 600, announceSeconds: 300 };
    await using sandbox = await createSandbox({ keyRotation });
    const early = await sandbox.namespaces.create("early");
    await sandbox.listen();
    const late = await sandbox.namespaces.create("late");

    for (const namespace of [early, late]) {
      namespace.clock.advance("11m");
      await expect.poll(namespace.keys.list, { timeout: 8000 }).toHaveLength(2);
    }
  });

  it("NSP-07 keeps the clients that it was made with", async () => {
    await using sandbox = await createSandbox();
    const own = { id: "own", tokenEndpointAuthMethod: "client_secret_basic" } as const;
    const namespace = await sandbox.namespaces.create("a", {
      clients: [{ ...own, scope: ["decisions:read"] }],
    });
    const other = await sandbox.namespaces.create("b");
    const { secret } = namespace.clients.get("own");

    await sandbox.reconfigure({ clients: [{ ...own, id: "new", scope: ["decisions:read"] }] });

    expect(namespace.clients.list().map(({ id }) => id)).toEqual(["own"]);
    expect(namespace.clients.get("own").secret).toBe(secret);
    expect(other.clients.list().map(({ id }) => id)).toEqual(["new"]);
  });

  it("NSP-07 keeps the whole sandbox from another configuration that its own clients do not fit", async () => {
    await using sandbox = await createSandbox();
    const other = await sandbox.namespaces.create("a");
    await sandbox.namespaces.create("odd", {
      clients: [{ id: "own", tokenEndpointAuthMethod: "client_secret_basic", scope: ["odd"] }],
    });
    const wanted = {
      resources: [
        {
          identifier: "https://api.example/",
          scopes: ["applications:write", "decisions:read"],
        },
      ],
    };
    const audienceOf = async (space: Pick<Sandbox, "issueToken">): Promise<unknown> =>
      (await claimsOf(space))["aud"];
    const before = await audienceOf(sandbox);

    await expect(sandbox.reconfigure(wanted)).rejects.toThrow(
      'The namespace odd cannot follow: clients["own"].scope has odd, which no resource defines: add it to resources[].scopes; or delete the namespace',
    );
    expect([await audienceOf(sandbox), await audienceOf(other)]).toEqual([before, before]);

    await sandbox.namespaces.delete("odd");
    await sandbox.reconfigure(wanted);
    const after = wanted.resources[0]?.identifier;
    expect([await audienceOf(sandbox), await audienceOf(other)]).toEqual([after, after]);
  });

  it("NSP-07 keeps the whole sandbox from faults whose names its own rules have", async () => {
    await using sandbox = await createSandbox();
    const namespace = await sandbox.namespaces.create("a");
    namespace.faults.add({ fault: "server_error", id: "mine", endpoint: "jwks" });

    const reconfigured = sandbox.reconfigure({
      faults: [{ fault: "server_error", id: "mine" }],
      accessTokenLifetimeSeconds: 60,
    });

    await expect(reconfigured).rejects.toThrow(/faults\[0\]\.id mine is taken/);
    expect(sandbox.faults.list()).toEqual([]);
    expect(await lifetimeOf(sandbox)).toBe(900);
  });

  it.each(["/admin/v1/whoami", "/admin/v1", "/metrics"])(
    "NSP-05 that is not there is named by its %s, and by no other path",
    async (path) => {
      await using sandbox = await createSandbox();

      const response = await sandbox.fetch(`/ns/gone${path}`);
      const elsewhere = await sandbox.fetch("/ns/gone/.well-known/jwks.json");

      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        detail: "There is no namespace gone: the sandbox itself makes it by POST /namespaces",
      });
      expect(elsewhere.status).toBe(404);
      expect(await elsewhere.json()).not.toHaveProperty("detail");
    },
  );

  it("NSP-04 is one of so many at most, though several are asked for at a time", async () => {
    await using sandbox = await createSandbox({ namespaces: { max: 1 } });

    const made = await Promise.allSettled(
      ["a", "b"].map((name) => sandbox.namespaces.create(name)),
    );

    expect(made.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(sandbox.namespaces.list()).toHaveLength(1);
  });

  it("NSP-07 makes the keys that can wait after its first answer, where some are asked for", async () => {
    await using sandbox = await createSandbox({ additionalAlgorithms: ["ES384"] });
    const namespace = await sandbox.namespaces.create("a");
    await namespace.fetch(".well-known/jwks.json");

    const algorithms = async (): Promise<readonly string[]> =>
      (await namespace.keys.list()).map(({ algorithm }) => algorithm);
    await expect.poll(algorithms, { timeout: 8000 }).toEqual(["ES256", "ES384"]);
  });

  it("NSP-04 is made once when two ask for it at a time", async () => {
    await using sandbox = await createSandbox();
    const asked = await Promise.allSettled(
      ["same", "same"].map((name) => sandbox.namespaces.create(name)),
    );

    expect(asked.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });

  it.each(["", "UPPER", "a/b", "..", "a b", "-a", "a-", "a".repeat(64), "ä", "%61", "a\n"])(
    "NSP-05 cannot be called %j",
    async (name) => {
      await using sandbox = await createSandbox();

      await expect(sandbox.namespaces.create(name)).rejects.toMatchObject({ option: "name" });
    },
  );

  it("NSP-05 is found by its exact path and no other", async () => {
    await using sandbox = await createSandbox();
    await sandbox.namespaces.create("one");
    const status = async (path: string): Promise<number> => (await sandbox.fetch(path)).status;

    expect(await status("/ns/one/.well-known/jwks.json?x=1")).toBe(200);
    for (const path of [
      "/ns/ONE/.well-known/jwks.json",
      "/ns/o%6ee/.well-known/jwks.json",
      "/ns/one%2f.well-known/jwks.json",
      "/ns/one",
      "/ns/",
      "/x/ns/one/.well-known/jwks.json",
      "http://localhost//ns/one/.well-known/jwks.json",
      "/.well-known/oauth-authorization-server/ns/onemore",
    ]) {
      expect([path, await status(path)]).toEqual([path, 404]);
    }
  });

  it("SAFE-04 NSP-05 is as safe as the sandbox from pages of other sites", async () => {
    await using sandbox = await createSandbox();
    await sandbox.namespaces.create("one");
    const headers = { origin: "https://evil.example" };
    const status = async (path: string): Promise<number> =>
      (await sandbox.fetch(path, { headers })).status;

    expect(await status("/ns/one/.well-known/jwks.json")).toBe(200);
    expect(await status("/.well-known/oauth-authorization-server/ns/one")).toBe(200);
    expect(await status("/ns/one/.well-known/oauth-authorization-server")).toBe(200);
    expect(await status("/ns/one/partner/v1/oauth/token")).toBe(403);
    expect(await status("/ns/one/admin/v1/whoami")).toBe(403);
    expect(await status("/ns/one/metrics")).toBe(403);
  });

  it("NSP-06 explains its refusals on its own pages", async () => {
    await using sandbox = await createSandbox();
    const one = await sandbox.namespaces.create("one");
    const refused = await one.fetch(tokenPath, { method: "POST" });
    const { error_uri: page } = (await refused.json()) as { readonly error_uri: string };

    expect(page).toMatch(/^http:\/\/localhost\/ns\/one\/partner\/v1\/oauth\/errors\//);
    expect((await sandbox.fetch(page)).status).toBe(200);
    const id = refused.headers.get("x-request-id") ?? "";
    expect(await one.explanations.explain(id)).toMatchObject({ requestId: id });
    expect(await sandbox.explanations.explain(id)).toBeUndefined();
  });
});
