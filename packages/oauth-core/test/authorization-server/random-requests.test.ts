import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { clientAssertionType } from "@credicorp/oauth-core/jwt";
import { problemMediaType } from "@credicorp/oauth-core/protocol";

import type { TestResponse, TestServer } from "./support/test-server.ts";
import { basic, createTestServer, issuer, paths, secrets } from "./support/test-server.ts";

const statuses = new Set([200, 204, 304, 400, 401, 404, 405, 413, 429]);
const errors = new Set([
  "invalid_request",
  "invalid_client",
  "invalid_scope",
  "invalid_target",
  "unauthorized_client",
  "unsupported_grant_type",
  "temporarily_unavailable",
]);
// An assertion of a client that there is, for its own server, with a signature of no worth.
const unsigned = [
  { alg: "ES256" },
  { iss: "basic", sub: "basic", aud: issuer, exp: 1_700_000_060, jti: "1" },
]
  .map((part) => `${Buffer.from(JSON.stringify(part)).toString("base64url")}.`)
  .join("");
const names = [
  "grant_type",
  "scope",
  "client_id",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "resource",
  "token",
  "token_type_hint",
  "__proto__",
  "constructor",
  "",
];
const values = [
  "client_credentials",
  "decisions:read",
  "basic",
  "post",
  secrets.post,
  "%00",
  "%zz",
  "+",
  "a%20b",
  "\ud800",
  "\u0000",
  "é",
  "__proto__",
  "toString",
  "{}",
  "a.b.c",
  clientAssertionType,
  `${unsigned}AAAA`,
];

const text = fc.oneof(fc.constantFrom(...values), fc.string({ unit: "binary", maxLength: 40 }));
const form = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), text), { maxLength: 12 })
  .map((fields) => fields.map(([name, value]) => `${name}=${value}`).join("&"));
const header = fc.oneof(
  fc.constantFrom(
    basic("basic", secrets.basic),
    basic("basic", "wrong"),
    basic("__proto__", "x"),
    basic("api", secrets.api),
  ),
  fc.tuple(
    fc.constantFrom(
      "Authorization",
      "Content-Type",
      "If-None-Match",
      "Content-Encoding",
      "__proto__",
    ),
    text,
  ),
);
const requests = fc.record({
  method: fc.oneof(
    { weight: 6, arbitrary: fc.constant("POST") },
    fc.constantFrom("GET", "HEAD", "OPTIONS", "PUT", "", "__proto__"),
  ),
  target: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...Object.values(paths)) }, text),
  headers: fc
    .tuple(
      fc.constantFrom(
        ["Content-Type", "application/x-www-form-urlencoded"] as const,
        ["X", "y"] as const,
      ),
      fc.array(header, { maxLength: 3 }),
    )
    .map(([type, others]) => [type, ...others]),
  body: fc.oneof({ weight: 4, arbitrary: form }, fc.uint8Array({ maxLength: 64 })),
});

async function setUp(): Promise<TestServer> {
  return createTestServer({
    limits: {
      token: null,
      address: null,
      failedAuthentication: null,
      introspection: null,
      revocation: null,
    },
  });
}

/** Tells whether an answer is one of those that the RFCs define. */
function isWellFormed(response: TestResponse): boolean {
  const { status, body, json } = response;
  if (body === "" || status < 400) return statuses.has(status);
  const type = response.header("content-type");
  if (type === problemMediaType) return status === 404 && json["title"] === "Not Found";
  return (
    type === "application/json" &&
    errors.has(String(json["error"])) &&
    /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(String(json["error_description"]))
  );
}

describe("any request at all", () => {
  it("HTTP-06 gets a defined answer, well formed, with nothing secret in it", async () => {
    const server = await setUp();
    const token = await server.issueToken();

    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const response = await server.request(request);
        expect(statuses).toContain(response.status);
        expect(isWellFormed(response)).toBe(true);
        for (const secret of [...Object.values(secrets), token]) {
          expect(response.body).not.toContain(secret);
        }
        const written = JSON.stringify(response.headers);
        for (const [, value] of response.headers) expect(value).toMatch(/^[\x20-\x7e]*$/);
        for (const secret of Object.values(secrets)) expect(written).not.toContain(secret);
      }),
    );
    expect(server.events.filter(({ type }) => type === "request_failed")).toEqual([]);
  });

  it("leaves no secret and no token in any audit event", async () => {
    const server = await setUp();
    const token = await server.issueToken();
    await server.post(paths.introspection, { token });
    await server.post(paths.revocation, { token });
    await server.post(paths.token, { grant_type: "client_credentials", scope: secrets.post });
    await server.post(
      paths.token,
      { client_id: secrets.post, client_secret: secrets.post },
      { headers: [] },
    );
    await fc.assert(
      fc.asyncProperty(requests, async (request) => void (await server.request(request))),
    );

    const written = JSON.stringify(server.events);

    expect(server.events.length).toBeGreaterThan(20);
    for (const secret of [...Object.values(secrets), token]) expect(written).not.toContain(secret);
  });

  it("HTTP-05 survives two megabytes, ten thousand parameters and strange names", async () => {
    const server = await setUp();
    const bodies = [
      "x".repeat(2_000_000),
      "a=1&".repeat(10_000),
      "&".repeat(16_000),
      "=".repeat(16_000),
      "__proto__=1&__proto__.x=2&constructor=3&grant_type=client_credentials",
      "grant_type=client_credentials&toString=1&hasOwnProperty=2",
    ];

    const answers = await Promise.all(
      bodies.map(async (body) => (await server.post(paths.token, body)).status),
    );

    expect(answers).toEqual([413, 413, 400, 400, 200, 200]);
  });

  it("answers by the rules when the clock is set back, or yields nonsense", async () => {
    const server = await setUp();
    const token = await server.issueToken();
    for (const now of [0, 1, 1_600_000_000, 253_402_300_000]) {
      server.clock.setNow(now);
      expect((await server.post(paths.token, { grant_type: "client_credentials" })).status).toBe(
        200,
      );
      expect((await server.post(paths.introspection, { token })).status).toBe(200);
    }
    server.clock.setNow(Number.NaN);
    const response = await server.post(paths.introspection, { token });

    expect(response.body).toBe('{"active":false}');
  });
});
