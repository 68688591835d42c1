import { describe, expect, it } from "vitest";

import { createTestKey } from "../support/node-ports.ts";
import type { PostOptions, TestServer } from "./support/test-server.ts";
import {
  audience,
  basic,
  createTestServer,
  issuer,
  paths,
  secrets,
} from "./support/test-server.ts";

const asApi: PostOptions = { headers: [basic("api", secrets.api)] };
const asOther: PostOptions = { headers: [basic("other", secrets.other)] };
const inactive = '{"active":false}';

async function introspect(
  server: TestServer,
  token: string,
  options: PostOptions = asApi,
): Promise<string> {
  const response = await server.post(paths.introspection, { token }, options);
  expect(response.status).toBe(200);
  return response.body;
}

/** Makes a token of the server's own claims, signed with a key of the test's. */
async function forge(
  server: TestServer,
  changes: { claims?: object; header?: object },
): Promise<string> {
  const [published] = await server.ports.keys.list();
  const key = createTestKey(published?.id ?? "", "ES256");
  const claims = {
    iss: issuer,
    sub: "basic",
    client_id: "basic",
    aud: audience,
    scope: "decisions:read",
    jti: "x",
  };
  const times = { iat: server.clock.now(), exp: server.clock.now() + 60 };
  return key.sign({ ...claims, ...times, ...changes.claims }, changes.header);
}

describe("introspection endpoint", () => {
  it("INT-01 requires a token: without one invalid_request", async () => {
    const server = await createTestServer();

    for (const form of [{}, { token: "" }, { token_type_hint: "access_token" }]) {
      expect(await server.post(paths.introspection, form, asApi)).toMatchObject({
        status: 400,
        json: { error: "invalid_request" },
      });
    }
  });

  it("INT-08 says what it knows of an active token, times as whole numbers", async () => {
    const server = await createTestServer();
    const token = await server.issueToken({ scope: "decisions:read" });

    const response = await server.post(paths.introspection, { token }, asApi);

    expect(response.header("content-type")).toBe("application/json");
    expect(response.json).toEqual({
      active: true,
      scope: "decisions:read",
      client_id: "basic",
      token_type: "Bearer",
      exp: 1_700_000_900,
      iat: 1_700_000_000,
      sub: "basic",
      aud: audience,
      iss: issuer,
      jti: expect.any(String),
    });
  });

  it("INT-03 INT-04 tells a caller without the permission nothing about the tokens of others", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();

    expect(await introspect(server, token, asOther)).toBe(inactive);
    expect(server.events.at(-1)).toMatchObject({ active: false, why: "caller_not_allowed" });
  });

  it("INT-12 lets a client read its own tokens, unless that is switched off", async () => {
    const open = await createTestServer();
    const closed = await createTestServer({ introspectOwnTokens: false });

    expect(await introspect(open, await open.issueToken(), {})).toContain('"active":true');
    expect(await introspect(closed, await closed.issueToken(), {})).toBe(inactive);
  });

  it("INT-04 INT-12 tells a resource server only about tokens that are for it", async () => {
    const server = await createTestServer();
    const api = {
      id: "api",
      secret: secrets.api,
      tokenEndpointAuthMethod: "client_secret_basic",
      mayIntrospect: true,
    } as const;
    const token = await server.issueToken();

    await server.register({ ...api, audiences: ["https://elsewhere.example.com"] });
    const elsewhere = await introspect(server, token);
    await server.register({ ...api, audiences: [audience] });
    const here = await introspect(server, token);

    expect(elsewhere).toBe(inactive);
    expect(here).toContain('"active":true');
  });

  it("INT-04 INT-05 calls a token inactive at its end, and not before", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();

    server.clock.advance(899.9);
    const before = await introspect(server, token);
    server.clock.advance(0.1);
    const after = await introspect(server, token);

    expect(before).toContain('"active":true');
    expect(after).toBe(inactive);
    expect(server.events.at(-1)).toMatchObject({ why: "expired" });
  });

  it.each([
    { name: "an opaque string", make: () => "no-such-token" },
    { name: "dots", make: () => "..." },
    { name: "a long string", make: () => "a".repeat(10_000) },
    { name: "bytes that are no text", make: () => "\u{1F4B7}.\u0001.x" },
    {
      name: "a token of another key under our kid",
      make: (server: TestServer) => forge(server, {}),
    },
    {
      name: "an unknown kid",
      make: (server: TestServer) => forge(server, { header: { kid: "other" } }),
    },
    {
      name: "the kid __proto__",
      make: (server: TestServer) => forge(server, { header: { kid: "__proto__" } }),
    },
    { name: "alg none", make: (server: TestServer) => forge(server, { header: { alg: "none" } }) },
    {
      name: "alg HS256",
      make: (server: TestServer) => forge(server, { header: { alg: "HS256" } }),
    },
    {
      name: "another type",
      make: (server: TestServer) => forge(server, { header: { typ: "JWT" } }),
    },
    {
      name: "another issuer",
      make: (server: TestServer) => forge(server, { claims: { iss: "https://x" } }),
    },
  ])(
    "INT-04 INT-05 INT-06 INT-11 calls $name inactive, and says nothing else",
    async ({ make }) => {
      const server = await createTestServer();

      expect(await introspect(server, await make(server))).toBe(inactive);
    },
  );

  it.each(["header", "payload", "signature"])(
    "INT-06 calls a token inactive when a character of its %s is changed",
    async (part) => {
      const server = await createTestServer();
      const token = await server.issueToken();
      const segments = token.split(".");
      const index = ["header", "payload", "signature"].indexOf(part);
      const segment = segments[index] ?? "";
      segments[index] = segment.replace(
        /^.{10}(.)/,
        (text, last) => text.slice(0, 10) + (last === "A" ? "B" : "A"),
      );

      expect(segments.join(".")).not.toBe(token);
      expect(await introspect(server, segments.join("."))).toBe(inactive);
    },
  );

  it("INT-04 calls a good token of another issuer inactive, even with the same keys", async () => {
    const server = await createTestServer();
    const renamed = await createTestServer({ issuer: "https://other.example.com" }, server.ports);

    expect(await introspect(renamed, await server.issueToken())).toBe(inactive);
    expect(server.events.at(-1)).toMatchObject({ why: "issuer" });
  });

  it("INT-06 lets what is stored win: a token, and all tokens of a client", async () => {
    const server = await createTestServer();
    const first = await server.issueToken();
    const second = await server.issueToken();

    await server.post(paths.revocation, { token: first });
    expect(await introspect(server, first)).toBe(inactive);
    expect(await introspect(server, second)).toContain('"active":true');

    await server.revokeClientTokens("basic");
    expect(await introspect(server, second)).toBe(inactive);
    server.clock.advance(1);
    expect(await introspect(server, await server.issueToken())).toContain('"active":true');
  });

  it.each(["access_token", "refresh_token", "nonsense", ""])(
    "INT-07 ignores the token_type_hint %j",
    async (token_type_hint) => {
      const server = await createTestServer();
      const token = await server.issueToken();

      const response = await server.post(paths.introspection, { token, token_type_hint }, asApi);

      expect(response.json["active"]).toBe(true);
    },
  );

  it("INT-09 keeps its answers out of caches", async () => {
    const server = await createTestServer();

    const response = await server.post(paths.introspection, { token: "x" }, asApi);

    expect(response.header("cache-control")).toBe("no-store");
  });

  it("INT-10 charges the budget of the caller", async () => {
    const server = await createTestServer({
      limits: { introspection: { limit: 2, windowSeconds: 60 } },
    });

    const statuses: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await server.post(paths.introspection, { token: "x" }, asApi)).status);
    }

    expect(statuses).toEqual([200, 200, 429]);
    expect((await server.post(paths.introspection, { token: "x" })).status).toBe(200);
  });
});
