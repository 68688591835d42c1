import { describe, expect, it } from "vitest";

import { parseTokenResponse } from "@credicorp/oauth-core/protocol";

import type { Form } from "./support/test-server.ts";
import {
  basic,
  createTestServer,
  engine,
  paths,
  readToken,
  secrets,
} from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };
describe("token endpoint", () => {
  it("TOK-01 TOK-02 TOK-04 answers 200 with token, type, whole seconds and scope, and no more", async () => {
    const server = await createTestServer();

    const response = await server.post(paths.token, grantType);

    expect(response.status).toBe(200);
    expect(response.header("content-type")).toBe("application/json");
    expect(response.json).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: "Bearer",
      expires_in: 900,
      scope: "applications:write decisions:read",
    });
    expect(parseTokenResponse(response.body).ok).toBe(true);
  });

  it("TOK-02 counts expires_in from the answer: the token does not end a fraction earlier", async () => {
    const server = await createTestServer({ accessTokenLifetimeSeconds: 1 });
    server.clock.advance(0.9);

    const token = await server.issueToken();
    const { claims } = await readToken(server, token);

    expect(Number(claims["exp"])).toBeGreaterThanOrEqual(server.clock.now() + 1);
    expect(Number(claims["exp"])).toBeLessThan(server.clock.now() + 2);
  });

  it.each([
    { name: "a token", form: grantType, status: 200 },
    { name: "an error", form: {}, status: 400 },
    { name: "a failed authentication", form: { ...grantType, client_id: "x" }, status: 400 },
  ])("TOK-05 keeps $name out of caches", async ({ form, status }) => {
    const server = await createTestServer();

    const response = await server.post(paths.token, form);

    expect(response.status).toBe(status);
    expect(response.header("cache-control")).toBe("no-store");
    expect(response.header("pragma")).toBe("no-cache");
  });

  it.each([{}, { grant_type: "" }])("TOK-06 TOK-10 refuses %j: invalid_request", async (form) => {
    const server = await createTestServer();

    expect(await server.post(paths.token, form)).toMatchObject({
      status: 400,
      json: { error: "invalid_request" },
    });
  });

  it.each([
    "password",
    "authorization_code",
    "CLIENT_CREDENTIALS",
    "client_credentials ",
    "__proto__",
  ])("TOK-07 refuses the grant type %s: unsupported_grant_type", async (grant_type) => {
    const server = await createTestServer();

    expect(await server.post(paths.token, { grant_type })).toMatchObject({
      status: 400,
      json: { error: "unsupported_grant_type" },
    });
  });

  it("TOK-08 refuses the grant to a client that may not use it: unauthorized_client", async () => {
    const server = await createTestServer();

    const response = await server.post(paths.token, grantType, {
      headers: [basic("api", secrets.api)],
    });

    expect(response).toMatchObject({ status: 400, json: { error: "unauthorized_client" } });
  });

  it("TOK-09 refuses the grant to a public client: unauthorized_client", async () => {
    const server = await createTestServer();

    const response = await server.post(
      paths.token,
      { ...grantType, client_id: "public" },
      { headers: [] },
    );

    expect(response).toMatchObject({ status: 400, json: { error: "unauthorized_client" } });
  });

  it.each(["scope", "resource", "client_id", "client_secret"])(
    "TOK-10 treats an empty %s as absent",
    async (name) => {
      const server = await createTestServer();

      expect((await server.post(paths.token, { ...grantType, [name]: "" })).status).toBe(200);
    },
  );

  it.each(["__proto__", "constructor", "audience", "state", "%F0%9F%92%B7"])(
    "TOK-11 TOK-12 ignores the unknown parameter %s, even when repeated",
    async (name) => {
      const server = await createTestServer();

      const body = `grant_type=client_credentials&${name}=a&${name}=b`;

      expect((await server.post(paths.token, body)).status).toBe(200);
    },
  );

  it.each([
    "grant_type",
    "scope",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
  ])("TOK-12 refuses a repeated %s", async (name) => {
    const server = await createTestServer();
    const once = new URLSearchParams({
      ...grantType,
      client_id: "post",
      client_secret: secrets.post,
    });

    const response = await server.post(paths.token, `${once.toString()}&${name}=a&${name}=a`, {
      headers: [],
    });

    expect(response).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    expect(response.json["error_description"]).toMatch(/more than once/);
  });

  it.each<{ name: string; form: Form; headers?: [] }>([
    { name: "invalid_scope", form: { ...grantType, scope: 'x"\r\nSet-Cookie: a=b\\\u00e9' } },
    { name: "invalid_target", form: { ...grantType, resource: 'urn:x"\\\u00e9' } },
    { name: "unsupported_grant_type", form: { grant_type: 'x"\\\u00e9<script>' } },
    { name: "invalid_request", form: {} },
    { name: "invalid_client", form: grantType, headers: [] },
  ])(
    "TOK-16 TOK-17 TOK-18 writes $name as RFC 6749 wants it, without input",
    async ({ name, form, headers }) => {
      const server = await createTestServer();

      const response = await server.post(
        paths.token,
        form,
        headers === undefined ? {} : { headers },
      );

      expect(response.json["error"]).toBe(name);
      expect(response.status).toBe(name === "invalid_client" ? 401 : 400);
      expect(response.header("content-type")).toBe("application/json");
      expect(response.json["error_description"]).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
      expect(response.body).not.toMatch(/Set-Cookie|<script|urn:x/);
    },
  );

  it("TOK-19 answers a failure of its own with server_error and an id, without internals", async () => {
    const sign = (): never => {
      throw new Error("hsm://secret@10.0.0.1 refused");
    };
    const server = await createTestServer({}, { signatureEngine: { ...engine, sign } });

    const response = await server.post(paths.token, grantType);

    expect(response).toMatchObject({ status: 500, json: { error: "server_error" } });
    expect(response.json["request_id"]).toBe(response.header("x-request-id"));
    expect(response.body).not.toContain("hsm");
    expect(server.events.at(-1)).toMatchObject({
      type: "request_failed",
      requestId: response.json["request_id"],
    });
  });

  it("TOK-19 answers 503 with Retry-After while no key may sign", async () => {
    const server = await createTestServer({ accessTokenAlgorithm: "Ed25519" });

    const response = await server.post(paths.token, grantType);

    expect(response).toMatchObject({ status: 503, json: { error: "temporarily_unavailable" } });
    expect(response.header("retry-after")).toMatch(/^\d+$/);
  });

  it("TOK-20 gives each token a jti of 128 bits, in characters that a header may hold", async () => {
    const server = await createTestServer({ limits: { token: null } });

    const tokens = await Promise.all(Array.from({ length: 100 }, () => server.issueToken()));
    const ids = await Promise.all(
      tokens.map(async (token) => (await readToken(server, token)).claims["jti"]),
    );

    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(Buffer.from(String(id), "base64url")).toHaveLength(16);
    for (const token of tokens) expect(token).toMatch(/^[\x21-\x7e]+$/);
  });

  it("TOK-21 keeps a token under 1 KB", async () => {
    const server = await createTestServer();

    expect((await server.issueToken()).length).toBeLessThan(1024);
  });

  it("TOK-24 answers the same request again with another token", async () => {
    const server = await createTestServer();

    const first = await server.post(paths.token, grantType);
    const second = await server.post(paths.token, grantType);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.json["access_token"]).not.toBe(second.json["access_token"]);
  });

  it("accepts the raw space and colon that curl sends", async () => {
    const server = await createTestServer();
    const body = `grant_type=client_credentials&client_id=post&client_secret=${secrets.post}&scope=applications:write decisions:read`;

    const response = await server.post(paths.token, body, { headers: [] });

    expect(response.json["scope"]).toBe("applications:write decisions:read");
  });
});
