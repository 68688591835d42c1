import { describe, expect, it } from "vitest";

import { clientAssertionType } from "@credicorp/oauth-core/jwt";

import { createDpopKey } from "../support/dpop-key.ts";
import type { Forger } from "./support/forger.ts";
import { createForger } from "./support/forger.ts";
import type { TestResponse, TestServer } from "./support/test-server.ts";
import {
  audience,
  basic,
  createTestServer,
  issuer,
  paths,
  secrets,
} from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };
const asApi = { headers: [basic("api", secrets.api)] };

/** A server, and three who hold keys that it trusts: its own, that of a client, and that of a proof. */
interface Setting {
  readonly server: TestServer;
  readonly token: Forger;
  readonly assertion: Forger;
  readonly proof: Forger;
  readonly introspect: (token: string) => Promise<TestResponse>;
  readonly revoke: (token: string) => Promise<TestResponse>;
  readonly authenticate: (assertion: string) => Promise<TestResponse>;
  readonly prove: (proof: string) => Promise<TestResponse>;
}

async function setUp(): Promise<Setting> {
  const limits = { failedAuthentication: null, token: null };
  const server = await createTestServer({ dpop: {}, limits });
  const now = server.clock.now();
  const times = { iat: now, exp: now + 60 };
  const [row] = await server.ports.keys.list();
  if (row === undefined) throw new Error("the server has no key");
  const [clientKey, proofKey] = [await createDpopKey(), await createDpopKey()];
  await server.register({
    id: "signer",
    tokenEndpointAuthMethod: "private_key_jwt",
    jwks: { keys: [{ ...clientKey.jwk, kid: "key-1", alg: "ES256", use: "sig" }] },
    scope: ["decisions:read"],
  });
  const own = { iss: issuer, sub: "basic", client_id: "basic", aud: audience, scope: "" };
  return {
    server,
    token: createForger(row.value.jwk, {
      header: { alg: "ES256", typ: "at+jwt", kid: row.id },
      claims: (jti) => ({ ...own, ...times, jti }),
    }),
    assertion: createForger(clientKey.privateJwk, {
      header: { alg: "ES256", typ: "JWT", kid: "key-1" },
      claims: (jti) => ({ iss: "signer", sub: "signer", aud: issuer, ...times, jti }),
    }),
    proof: createForger(proofKey.privateJwk, {
      header: { alg: "ES256", typ: "dpop+jwt", jwk: proofKey.jwk },
      claims: (jti) => ({ htm: "POST", htu: issuer + paths.token, iat: now, jti }),
    }),
    introspect: (token) => server.post(paths.introspection, { token }, asApi),
    revoke: (token) => server.post(paths.revocation, { token }),
    authenticate: (assertion) =>
      server.post(
        paths.token,
        {
          ...grantType,
          client_assertion: assertion,
          client_assertion_type: clientAssertionType,
        },
        { headers: [] },
      ),
    prove: (proof) =>
      server.post(paths.token, grantType, {
        headers: [basic("basic", secrets.basic), ["DPoP", proof]],
      }),
  };
}

const { parse, stringify } = JSON;

function withClaims(forger: Forger, payload: string | Buffer): string {
  return forger.sign(stringify(forger.header), payload);
}

/** A JWS whose segments need the characters in which the alphabets differ. */
function inOtherAlphabet(forger: Forger): string {
  let text = forger.good();
  while (!/[-_]/.test(text)) text = forger.good();
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

const hostile: readonly (readonly [name: string, make: (forger: Forger) => string])[] = [
  ["ATK-19 padded", (forger) => `${forger.good()}==`],
  ["ATK-19 with a space in front", (forger) => ` ${forger.good()}`],
  ["ATK-19 with a space behind", (forger) => `${forger.good()} `],
  ["ATK-19 with a tab inside", (forger) => forger.good().replace(".", ".\t")],
  ["ATK-19 in the other alphabet", inOtherAlphabet],
  ["ATK-19 with a character too many", (forger) => `${forger.good()}A`],
  ["ATK-20 of one segment", () => "abc"],
  ["ATK-20 of two segments", (forger) => forger.good().replace(/\.[^.]*$/, "")],
  ["ATK-20 of four segments", (forger) => `${forger.good()}.AAEC`],
  ["ATK-20 of empty segments", () => ".."],
  ["ATK-20 of 8000 dots", () => ".".repeat(8000)],
  [
    "ATK-21 in JSON",
    (forger) => {
      const [header, payload, signature] = forger.good().split(".");
      return stringify({ payload, protected: header, signature });
    },
  ],
  ["ATK-21 a polyglot", (forger) => `{"a":"${forger.good()}"}`],
  [
    "ATK-22 with a repeated header member",
    (forger) =>
      forger.sign(
        stringify(forger.header).replace("{", '{"alg":"ES256",'),
        stringify(forger.claims),
      ),
  ],
  [
    "ATK-22 with a repeated claim",
    (forger) => withClaims(forger, stringify(forger.claims).replace("{", '{"jti":"x",')),
  ],
  [
    "ATK-23 with a byte order mark",
    (forger) => withClaims(forger, `\u{feff}${stringify(forger.claims)}`),
  ],
  [
    "ATK-23 in UTF-16",
    (forger) => withClaims(forger, Buffer.from(stringify(forger.claims), "utf16le")),
  ],
  [
    "ATK-23 with invalid UTF-8",
    (forger) => withClaims(forger, Buffer.from(stringify({ ...forger.claims, x: "ÿ" }), "latin1")),
  ],
  [
    "ATK-23 with overlong UTF-8",
    (forger) =>
      withClaims(forger, Buffer.from(stringify({ ...forger.claims, x: "\u00c0\u00af" }), "latin1")),
  ],
  [
    "ATK-23 with half a surrogate pair",
    (forger) =>
      withClaims(forger, stringify(forger.claims).replace("{", String.raw`{"x":"\ud800",`)),
  ],
  [
    "ATK-24 nested a thousand times",
    (forger) =>
      withClaims(
        forger,
        stringify(forger.claims).replace("{", `{"x":${"[".repeat(1000)}${"]".repeat(1000)},`),
      ),
  ],
  [
    "ATK-24 with a number beyond all numbers",
    (forger) => withClaims(forger, stringify(forger.claims).replace(/"iat":\d+/, '"iat":1e400')),
  ],
  [
    "ATK-25 with claims in the prototype",
    (forger) => withClaims(forger, `{"__proto__":${stringify(forger.claims)}}`),
  ],
  [
    "ATK-25 with claims in the constructor",
    (forger) => withClaims(forger, `{"constructor":{"prototype":${stringify(forger.claims)}}}`),
  ],
  [
    "ATK-25 with a header in the prototype",
    (forger) => forger.sign(`{"__proto__":${stringify(forger.header)}}`, stringify(forger.claims)),
  ],
  ["ATK-26 a JWE by its segments", (forger) => `${forger.good()}.AAEC.AAEC`],
  ["ATK-26 a JWE by its header", (forger) => forger.withHeader({ enc: "A256GCM" })],
  ["ATK-26 encrypted directly", (forger) => forger.withHeader({ alg: "dir", enc: "A256GCM" })],
  [
    "ATK-27 slow to derive",
    (forger) => forger.withHeader({ alg: "PBES2-HS256+A128KW", p2c: 2_147_483_647, p2s: "AA" }),
  ],
  ["ATK-27 compressed", (forger) => forger.withHeader({ enc: "A256GCM", zip: "DEF" })],
  ["ATK-28 with an unknown crit", (forger) => forger.withHeader({ crit: ["x"], x: 1 })],
  ["ATK-28 with an empty crit", (forger) => forger.withHeader({ crit: [] })],
  ["ATK-28 with a crit that is null", (forger) => forger.withHeader({ crit: null })],
  ["ATK-28 with a crit of a registered name", (forger) => forger.withHeader({ crit: ["alg"] })],
  ["ATK-28 with a crit that is text", (forger) => forger.withHeader({ crit: "exp" })],
  [
    "ATK-29 unencoded, and critically so",
    (forger) => forger.withHeader({ b64: false, crit: ["b64"] }),
  ],
  ["ATK-29 unencoded, uncritically", (forger) => forger.withHeader({ b64: false })],
  ["ATK-30 of a list of types", (forger) => forger.withHeader({ typ: [forger.header["typ"]] })],
  [
    "ATK-30 with a parameter of its type",
    (forger) => forger.withHeader({ typ: `${String(forger.header["typ"])};x=1` }),
  ],
  ["ATK-30 a logout token", (forger) => forger.withHeader({ typ: "logout+jwt" })],
];

describe("a JWS that is signed by a trusted key, and", () => {
  it("is as it should be, does what it is for", async () => {
    const { server, token, assertion, proof, ...send } = await setUp();

    expect((await send.introspect(token.good())).json).toMatchObject({ active: true });
    expect((await send.revoke(token.good())).status).toBe(200);
    expect(server.events.at(-1)).toMatchObject({ type: "token_revoked" });
    expect((await send.authenticate(assertion.good())).status).toBe(200);
    expect((await send.prove(proof.good())).json).toMatchObject({ token_type: "DPoP" });
  });

  it.each(hostile)(
    "%s, is no token, authenticates nobody and proves nothing",
    async (_name, make) => {
      const { server, token, assertion, proof, ...send } = await setUp();

      const introspected = await send.introspect(make(token));
      const revoked = await send.revoke(make(token));
      expect([introspected.status, introspected.body]).toEqual([200, '{"active":false}']);
      expect([revoked.status, revoked.body]).toEqual([200, ""]);
      expect(server.events.at(-1)).toMatchObject({ type: "revocation_ignored" });

      const authenticated = await send.authenticate(make(assertion));
      expect(authenticated.status).toBe(401);
      expect(authenticated.json).toEqual({
        error: "invalid_client",
        error_description: "Client authentication failed",
      });

      const proven = await send.prove(make(proof));
      expect(proven).toMatchObject({ status: 400, json: { error: "invalid_dpop_proof" } });
      expect(server.events.map(({ type }) => type)).not.toContain("request_failed");
    },
  );

  it("ATK-30 is of another's type, counts only as what it is", async () => {
    const { token, assertion, proof, ...send } = await setUp();
    const types = [undefined, "JWT", "at+jwt", "dpop+jwt"];

    for (const typ of types.filter((type) => type !== "at+jwt")) {
      expect((await send.introspect(token.withHeader({ typ }))).body).toBe('{"active":false}');
    }
    for (const typ of ["at+jwt", "dpop+jwt"]) {
      expect((await send.authenticate(assertion.withHeader({ typ }))).status).toBe(401);
    }
    for (const typ of types.filter((type) => type !== "dpop+jwt")) {
      expect((await send.prove(proof.withHeader({ typ }))).status).toBe(400);
    }
    expect((await send.introspect(assertion.good())).body).toBe('{"active":false}');
    expect((await send.authenticate(token.good())).status).toBe(401);
    expect((await send.prove(assertion.good())).status).toBe(400);
  });

  it("ATK-24 is too large, is refused for its size or taken for nothing", async () => {
    const { token, assertion, ...send } = await setUp();
    const long = (forger: Forger): string =>
      withClaims(forger, stringify({ ...forger.claims, x: "x".repeat(2_000_000) }));

    for (const response of [
      await send.introspect(long(token)),
      await send.revoke(long(token)),
      await send.authenticate(long(assertion)),
    ]) {
      expect(response).toMatchObject({ status: 413, json: { error: "invalid_request" } });
    }
    expect(parse((await send.prove(long(token))).body)).toMatchObject({
      error: "invalid_dpop_proof",
    });
  });
});
