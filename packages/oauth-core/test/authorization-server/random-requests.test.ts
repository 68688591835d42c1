import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatAuditEvent } from "@credicorp/oauth-core/authorization-server";
import { problemMediaType } from "@credicorp/oauth-core/protocol";

import { createTestKey } from "../support/node-ports.ts";
import type { DpopSetting } from "./support/dpop-client.ts";
import { createDpopSetting } from "./support/dpop-client.ts";
import type { RandomRequest } from "./support/random-request.ts";
import { finishRequest, goodRequest, randomRequest, unspoilt } from "./support/random-request.ts";
import type { TestResponse, TestServer } from "./support/test-server.ts";
import { basic, createTestServer, issuer, paths, secrets } from "./support/test-server.ts";

const statuses = new Set([200, 204, 304, 400, 401, 404, 405, 413, 429]);
const errors = new Set([
  "invalid_request",
  "invalid_client",
  "invalid_scope",
  "invalid_target",
  "invalid_dpop_proof",
  "use_dpop_nonce",
  "unauthorized_client",
  "unsupported_grant_type",
  "temporarily_unavailable",
]);
const documents: readonly string[] = [paths.jwks, paths.metadata];
const unlimited = {
  limits: {
    token: null,
    address: null,
    failedAuthentication: null,
    introspection: null,
    revocation: null,
  },
};

/** A server with all that there is, and everything that must stay inside it or with its clients. */
interface Setting extends DpopSetting {
  /** Sends a random request, and remembers what was secret in it. */
  readonly send: (request: Parameters<typeof finishRequest>[0]) => Promise<TestResponse>;
  readonly planted: readonly string[];
}

async function setUp(): Promise<Setting> {
  const setting = await createDpopSetting(unlimited);
  const { server, prove } = setting;
  const key = createTestKey("key-1", "ES256");
  await server.register({
    id: "signer",
    tokenEndpointAuthMethod: "private_key_jwt",
    jwks: { keys: [key.jwk] },
    scope: ["decisions:read"],
  });
  // Several, for some of the requests revoke one.
  const tokens: string[] = [];
  for (let index = 0; index < 20; index += 1) tokens.push(await server.issueToken());
  const rows = await server.ports.keys.list();
  const planted: string[] = [
    ...Object.values(secrets),
    ...rows.map(({ value }) => value.jwk["d"]),
    ...tokens,
  ];
  const remember = (text: string): string => {
    planted.push(text);
    return text;
  };
  let count = 0;
  const makers = {
    token: () => {
      count += 1;
      return tokens[count % tokens.length] ?? "";
    },
    proof: async () => remember(await prove()),
    assertion: () => {
      const now = Math.floor(server.clock.now());
      count += 1;
      const claims = { iss: "signer", sub: "signer", aud: issuer, exp: now + 60, jti: `${count}` };
      return remember(key.sign(claims, { typ: "JWT" }));
    },
  };
  return {
    ...setting,
    planted,
    send: async (request) => server.request(await finishRequest(request, makers)),
  };
}

/** Tells whether an answer is one of those that the RFCs define. */
function isWellFormed(response: TestResponse): boolean {
  const { status, body, json } = response;
  if (body === "") return statuses.has(status);
  const type = response.header("content-type");
  if (status === 200) return isWellFormedSuccess(json);
  if (type === problemMediaType) return status === 404 && json["title"] === "Not Found";
  return (
    type === "application/json" &&
    errors.has(String(json["error"])) &&
    /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(String(json["error_description"]))
  );
}

function isWellFormedSuccess(json: Record<string, unknown>): boolean {
  const { access_token: token, active, keys, issuer: name } = json;
  if (token !== undefined) {
    const { token_type: type, expires_in: seconds } = json;
    return (
      typeof token === "string" &&
      (type === "Bearer" || type === "DPoP") &&
      Number.isInteger(seconds) &&
      typeof json["scope"] === "string"
    );
  }
  return typeof active === "boolean" || Array.isArray(keys) || name === issuer;
}

// Chance alone may take long to find a request in which nothing is wrong.
const examples: [RandomRequest][] = [
  [goodRequest],
  [{ ...goodRequest, proof: unspoilt }],
  [{ ...goodRequest, headers: goodRequest.headers.slice(0, 1), assertion: unspoilt }],
  [{ ...goodRequest, target: paths.introspection, token: unspoilt }],
  [{ ...goodRequest, target: paths.revocation, token: unspoilt }],
  [{ ...goodRequest, target: paths.jwks, method: "GET" }],
];
const manyRuns = { numRuns: 3 * (fc.readConfigureGlobal().numRuns ?? 100), examples };

describe("any request at all", () => {
  it("HTTP-06 gets a defined answer, well formed, with nothing secret in it", async () => {
    const { server, send, planted } = await setUp();
    const seen = new Set<unknown>();

    await fc.assert(
      fc.asyncProperty(randomRequest, async (request) => {
        const response = await send(request);
        const { status, body, headers, json } = response;
        expect(statuses).toContain(status);
        expect(isWellFormed(response)).toBe(true);
        for (const [, value] of headers) expect(value).toMatch(/^[\x20-\x7e]*$/);
        const written = JSON.stringify(headers) + body;
        for (const secret of planted) expect(written).not.toContain(secret);
        seen.add(json["error"] ?? json["active"] ?? json["token_type"]);
      }),
      manyRuns,
    );

    expect(server.events.filter(({ type }) => type === "request_failed")).toEqual([]);
    const kinds = ["Bearer", "DPoP", true, "invalid_client", "invalid_request"];
    expect([...seen]).toEqual(expect.arrayContaining(kinds));
  });

  it("is one audit event with the id of the answer, unless it is a document that anybody may read", async () => {
    const { server, send, planted } = await setUp();

    await fc.assert(
      fc.asyncProperty(randomRequest, async (request) => {
        server.events.length = 0;
        const { status, header } = await send(request);
        const [path = ""] = request.target.split("?", 1);
        const isDocument = documents.includes(path) && status < 400;
        expect(server.events.map(({ requestId }) => requestId)).toEqual(
          isDocument ? [] : [header("x-request-id")],
        );
        const written = server.events.flatMap((event) => [
          JSON.stringify(event),
          formatAuditEvent(event),
        ]);
        for (const line of written) {
          for (const secret of planted) expect(line).not.toContain(secret);
        }
      }),
      manyRuns,
    );
  });

  it("leaves no secret in an audit event wherever it is put", async () => {
    const { server } = await setUp();
    const secret = secrets.post;
    const grant = { grant_type: "client_credentials" };
    const names = ["scope", "resource", "grant_type", "client_id", "token", "token_type_hint", "x"];
    const send = async (form: Readonly<Record<string, string>>): Promise<void> => {
      for (const path of [paths.token, paths.introspection, paths.revocation]) {
        await server.post(path, { ...grant, ...form });
        await server.post(path, { ...grant, ...form }, { headers: [] });
      }
    };

    for (const name of names) await send({ [name]: secret });
    await send({ client_id: secret, client_secret: secret });
    await server.post(paths.token, grant, { headers: [basic(secret, secret)] });
    await server.post(paths.token, grant, { headers: [["Authorization", `Bearer ${secret}`]] });
    await server.post(paths.token, grant, {
      headers: [basic("basic", secrets.basic), ["DPoP", secret]],
    });
    await server.request({ target: `/${secret}?${secret}` });

    expect(server.events.length).toBeGreaterThan(40);
    expect(JSON.stringify(server.events)).not.toContain(secret);
  });

  it("HTTP-05 survives two megabytes, ten thousand parameters and strange names", async () => {
    const server = await createTestServer(unlimited);
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
    const server: TestServer = await createTestServer(unlimited);
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
