import { describe, expect, it, vi } from "vitest";

import type { SignatureEngine } from "@credicorp/oauth-core";
import { clientAssertionType } from "@credicorp/oauth-core/jwt";

import { createTestKey } from "../support/node-ports.ts";
import { createAssertionSetting, grantType } from "./support/assertion-client.ts";
import type { TestResponse } from "./support/test-server.ts";
import { basic, engine, issuer, paths, secrets } from "./support/test-server.ts";

const endpoints = [paths.token, paths.introspection, paths.revocation];
const now = 1_700_000_000;
const foreignKey = createTestKey("key-1", "ES256");

function withoutId({ status, headers, body }: TestResponse): unknown {
  return { status, body, headers: headers.filter(([name]) => name !== "X-Request-Id") };
}

describe("client assertions", () => {
  it.each(endpoints)("JWT-01 MD-07 authenticate their client at %s", async (path) => {
    const { assert, send } = await createAssertionSetting();

    expect((await send(assert(), { path })).status).toBe(200);
    expect((await send(assert(), { path, form: { client_id: "signer" } })).status).toBe(200);
  });

  it.each([
    { name: "another type", form: { client_assertion_type: `${clientAssertionType}2` } },
    {
      name: "the type in capitals",
      form: { client_assertion_type: clientAssertionType.toUpperCase() },
    },
    { name: "no type", form: { client_assertion_type: "" } },
    { name: "no assertion", form: { client_assertion: "" } },
    { name: "the client_id of another client", form: { client_id: "basic" } },
    { name: "the client_id in another case", form: { client_id: "Signer" } },
  ])("JWT-01 are refused with $name: invalid_client", async ({ form }) => {
    const { assert, send } = await createAssertionSetting();

    const response = await send(assert(), { form });

    expect(response).toMatchObject({ status: 401, json: { error: "invalid_client" } });
  });

  it.each([
    { why: "assertion_issuer", claims: { iss: "basic" } },
    { why: "assertion_issuer", claims: { iss: issuer } },
    { why: "client_unknown", claims: { iss: "nobody", sub: "nobody" } },
    { why: "assertion_audience", claims: { aud: "https://other.example.com" } },
    { why: "assertion_expired", claims: { exp: now - 10 } },
    { why: "assertion_expired", claims: { exp: now - 300 } },
    { why: "assertion_claims", claims: { exp: undefined } },
    { why: "assertion_claims", claims: { sub: undefined } },
  ])("JWT-02 are refused for $why with $claims", async ({ why, claims }) => {
    const { server, assert, send } = await createAssertionSetting();

    const response = await send(assert(claims));

    expect(response).toMatchObject({ status: 401, json: { error: "invalid_client" } });
    expect(server.events.at(-1)).toMatchObject({ why });
  });

  it("JWT-02 are refused when another key signed them, or when they were changed", async () => {
    const { server, assert, send } = await createAssertionSetting();
    const [header, , signature] = assert().split(".");
    const [, payload] = assert({ exp: now + 61 }).split(".");

    await send(
      foreignKey.sign(
        { iss: "signer", sub: "signer", aud: issuer, exp: now + 60, jti: "1" },
        { typ: "JWT" },
      ),
    );
    expect(server.events.at(-1)).toMatchObject({ status: 401, why: "assertion_signature" });
    await send(`${header}.${payload}.${signature}`);
    expect(server.events.at(-1)).toMatchObject({ status: 401, why: "assertion_signature" });
  });

  it.each([
    [[issuer]],
    [[issuer, "https://other.example.com"]],
    [`${issuer}/`],
    [issuer.toUpperCase()],
    [issuer + paths.token],
    [issuer + paths.introspection],
    [issuer + paths.revocation],
  ])("JWT-03 are refused for the audience %j", async (aud) => {
    const { assert, send } = await createAssertionSetting();

    for (const path of endpoints) expect((await send(assert({ aud }), { path })).status).toBe(401);
  });

  it.each([
    { claims: { iat: now + 8 }, status: 200 },
    { claims: { nbf: now + 8 }, status: 200 },
    { claims: { iat: now + 10, nbf: now + 10 }, status: 200 },
    { claims: { iat: now + 61 }, status: 401 },
    { claims: { nbf: now + 61 }, status: 401 },
    { claims: { iat: now - 3600 }, status: 200 },
    { claims: { iat: undefined, nbf: undefined }, status: 200 },
    { claims: { exp: now + 300 }, status: 200 },
    { claims: { iat: now + 10, exp: now + 310 }, status: 200 },
    { claims: { exp: now + 311 }, status: 401 },
    { claims: { exp: now + 3600 }, status: 401 },
    { claims: { exp: 1e300 }, status: 401 },
  ])("JWT-05 with the dates $claims are answered with $status", async ({ claims, status }) => {
    const { assert, send } = await createAssertionSetting();

    expect((await send(assert(claims))).status).toBe(status);
  });

  it.each(["PS256", "ES256", "Ed25519"] as const)(
    "JWT-06 MD-08 are accepted with %s",
    async (alg) => {
      const { server, register, assert, send } = await createAssertionSetting();
      const key = createTestKey("key-2", alg);
      await register({ jwks: { keys: [key.jwk] } });
      const [, payload = ""] = assert().split(".");
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as object;

      expect((await send(key.sign(claims, { typ: "JWT" }))).status).toBe(200);
      const { json } = await server.request({ target: paths.metadata });
      for (const endpoint of ["token", "introspection", "revocation"]) {
        expect(json[`${endpoint}_endpoint_auth_signing_alg_values_supported`]).toContain(alg);
      }
    },
  );

  it.each(["RS256", "ES384", "HS256", "none"])("JWT-06 are refused with %s", async (alg) => {
    const { server, assert, send } = await createAssertionSetting();

    expect((await send(assert({}, { alg }))).status).toBe(401);
    expect(server.events.at(-1)).toMatchObject({ why: "assertion_algorithm" });
  });

  it("JWT-06 are checked with the key that they name, and only with its own algorithm", async () => {
    const { server, key, register, assert, send } = await createAssertionSetting();
    const [second, edwards] = [createTestKey("key-2", "ES256"), createTestKey("key-3")];
    const statusWith = async (
      keys: readonly (typeof key.jwk)[],
      header: object,
    ): Promise<number> => {
      await register({ jwks: { keys } });
      return (await send(assert({}, header))).status;
    };

    expect(await statusWith([second.jwk, key.jwk], { kid: "key-1" })).toBe(200);
    expect(await statusWith([second.jwk, key.jwk], { kid: "key-2" })).toBe(401);
    expect(await statusWith([edwards.jwk, key.jwk], { kid: undefined })).toBe(200);
    expect(await statusWith([key.jwk], { kid: "key-9" })).toBe(401);
    expect(await statusWith([second.jwk, key.jwk], { kid: undefined })).toBe(401);
    expect(server.events.at(-1)).toMatchObject({ why: "assertion_key_unknown" });
    // A key of the right name for another algorithm is not the key.
    expect(await statusWith([{ ...edwards.jwk, kid: "key-1" }], {})).toBe(401);
  });

  it.each(["jwk", "jku", "x5u", "x5c"])("ATK-11 ATK-12 take no key from %s", async (name) => {
    const { server, send } = await createAssertionSetting();
    const value = name === "jwk" ? foreignKey.jwk : "https://attacker.example.com/keys";
    const claims = { iss: "signer", sub: "signer", aud: issuer, exp: now + 60, jti: name };

    await send(foreignKey.sign(claims, { typ: "JWT", [name]: value }));

    expect(server.events.at(-1)).toMatchObject({ status: 401, why: "assertion_signature" });
  });

  it("AUTH-11 are accepted from clients that are registered for them, and alone from these", async () => {
    const { server, key, register, assert, send } = await createAssertionSetting();
    const secret = secrets.basic;
    await register({ secret });

    const asBasic = await server.post(paths.token, grantType, {
      headers: [basic("signer", secret)],
    });
    const asPost = await server.post(
      paths.token,
      { ...grantType, client_id: "signer", client_secret: secret },
      { headers: [] },
    );
    await register({ secret, tokenEndpointAuthMethod: "client_secret_basic" });
    const asAssertion = await send(assert());

    expect([asBasic.status, asPost.status, asAssertion.status]).toEqual([401, 401, 401]);
    expect(server.events.at(-1)).toMatchObject({ why: "method_not_registered" });
    expect(key.jwk).not.toHaveProperty("d");
  });

  it("AUTH-11 MD-13 are neither accepted nor advertised where the method is off", async () => {
    const { server, assert, send } = await createAssertionSetting({
      clientAuthenticationMethods: ["client_secret_basic"],
    });

    for (const path of endpoints) expect((await send(assert(), { path })).status).toBe(401);
    const { body } = await server.request({ target: paths.metadata });
    expect(body).not.toMatch(/private_key_jwt|auth_signing_alg/);
  });

  it("AUTH-03 are refused beside another method, and when there are two: invalid_request", async () => {
    const { server, assert, send } = await createAssertionSetting();
    const form = { ...grantType, client_assertion_type: clientAssertionType };

    const responses = [
      await send(assert(), { headers: [basic("signer", "x")] }),
      await send(assert(), { form: { client_secret: "x" } }),
      await server.post(
        paths.token,
        [...Object.entries(form), ["client_assertion", assert()], ["client_assertion", assert()]],
        { headers: [] },
      ),
    ];

    for (const response of responses) {
      expect(response).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    }
  });

  it.each(endpoints)("AUTH-06 fail with the same bytes for every reason at %s", async (path) => {
    const { server, assert, send } = await createAssertionSetting();
    await server.register({ ...suspended, jwks: { keys: [foreignKey.jwk] } });
    const reference = await server.post(path, grantType, { headers: [basic("basic", "wrong")] });

    const failures: readonly [string, string][] = [
      ["assertion_malformed", "a.b.c"],
      ["assertion_type", assert({}, { typ: "at+jwt" })],
      ["assertion_algorithm", assert({}, { alg: "RS256" })],
      ["assertion_claims", assert({ jti: undefined })],
      ["client_unknown", assert({ iss: "nobody", sub: "nobody" })],
      ["client_disabled", assert({ iss: "suspended", sub: "suspended" })],
      ["method_not_registered", assert({ iss: "basic", sub: "basic" })],
      ["assertion_key_unknown", assert({}, { kid: "key-9" })],
      ["assertion_issuer", assert({ iss: "basic" })],
      ["assertion_audience", assert({ aud: "https://other.example.com" })],
      ["assertion_expired", assert({ exp: now - 60 })],
      ["assertion_not_yet_valid", assert({ iat: now + 61 })],
      ["assertion_lifetime", assert({ exp: now + 3600 })],
    ];
    for (const [why, assertion] of failures) {
      const response = await send(assertion, { path, address: why });
      expect(withoutId(response)).toEqual(withoutId(reference));
      expect(server.events.at(-1)).toMatchObject({ type: "request_refused", why });
    }
  });

  it.each([
    { name: "good", claims: {} },
    { name: "of an unknown client", claims: { iss: "nobody", sub: "nobody" } },
    { name: "of a suspended client", claims: { iss: "suspended", sub: "suspended" } },
    { name: "of a client with a secret", claims: { iss: "basic", sub: "basic" } },
    { name: "naming an unknown key", claims: {}, header: { kid: "key-9" } },
    { name: "expired", claims: { exp: now - 60 } },
  ])("AUTH-06 cost one signature when they are $name", async ({ claims, header }) => {
    const verify = vi.fn<SignatureEngine["verify"]>(engine.verify);
    const { server, assert, send } = await createAssertionSetting(
      {},
      { signatureEngine: { ...engine, verify } },
    );
    await server.register({ ...suspended, jwks: { keys: [foreignKey.jwk] } });

    await send(assert(claims, header));

    expect(verify).toHaveBeenCalledTimes(1);
  });

  it("AUTH-07 stop being checked after ten failures, for this client and address alone", async () => {
    const { assert, send } = await createAssertionSetting();
    for (let count = 0; count < 10; count += 1) await send(assert({ exp: now - 60 }));

    expect((await send(assert())).status).toBe(429);
    expect((await send(assert(), { address: "203.0.113.9" })).status).toBe(200);
  });
});

const suspended = {
  id: "suspended",
  tokenEndpointAuthMethod: "private_key_jwt",
  enabled: false,
} as const;
