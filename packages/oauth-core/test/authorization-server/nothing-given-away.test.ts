import { describe, expect, it } from "vitest";

import { createTestKey } from "../support/node-ports.ts";
import { createAssertionSetting } from "./support/assertion-client.ts";
import { createDpopSetting } from "./support/dpop-client.ts";
import type { TestResponse } from "./support/test-server.ts";
import {
  audience,
  basic,
  createTestServer,
  engine,
  issuer,
  paths,
  secrets,
} from "./support/test-server.ts";

const endpoints = [paths.token, paths.introspection, paths.revocation];

describe("what an answer gives away", () => {
  it("ATK-44 TOK-19 is nothing of an error inside, at any endpoint", async () => {
    const fail = (): never => {
      throw new Error(`planted ${secrets.basic} at /srv/keys.pem`);
    };
    const server = await createTestServer({}, { signatureEngine: { ...engine } });
    const token = await server.issueToken();
    Object.assign(server.ports.signatureEngine, { sign: fail, verify: fail });

    for (const path of endpoints) {
      const response = await server.post(path, { grant_type: "client_credentials", token });
      expect(response).toMatchObject({ status: 500, json: { error: "server_error" } });
      expect(response.body + JSON.stringify(response.headers)).not.toMatch(/planted|secret|srv/);
      expect(server.events.at(-1)).toMatchObject({ type: "request_failed", path });
    }
  });

  it("ATK-45 INT-05 is not why a token is inactive: the bytes are the same", async () => {
    const server = await createTestServer();
    const stranger = createTestKey("no-such-key", "ES256");
    const [row] = await server.ports.keys.list();
    const claims = { iss: issuer, sub: "basic", client_id: "basic", aud: audience, jti: "x" };
    const times = { iat: server.clock.now(), exp: server.clock.now() + 60 };
    const short = await server.issueToken();
    const revoked = await server.issueToken();
    await server.post(paths.revocation, { token: revoked });
    server.clock.advance(800);
    const fresh = await server.issueToken();
    server.clock.advance(200);
    const tokens = [
      "x",
      short,
      revoked,
      stranger.sign({ ...claims, ...times }),
      stranger.sign({ ...claims, ...times }, { kid: row?.id }),
      `${fresh.slice(0, -4)}AAAA`,
    ];
    const ask = (token: string, caller: "api" | "other"): Promise<TestResponse> =>
      server.post(paths.introspection, { token }, { headers: [basic(caller, secrets[caller])] });
    const withoutVolatile = ({ status, headers, body }: TestResponse): unknown => ({
      status,
      body,
      headers: headers.filter(([name]) => !/^(X-Request-Id|RateLimit)$/.test(name)),
    });

    const answers = [await ask(fresh, "other")];
    for (const token of tokens) answers.push(await ask(token, "api"));

    expect((await ask(fresh, "api")).json).toMatchObject({ active: true });
    expect(new Set(answers.map((answer) => JSON.stringify(withoutVolatile(answer)))).size).toBe(1);
  });

  it("ATK-48 DPOP-04 is never a bearer token, where one is bound or must be", async () => {
    const { server, key, prove, ask } = await createDpopSetting();

    const unproven = await ask([], { client: "bound" });
    const bound = await ask(await prove(), { client: "bound" });
    const token = String(bound.json["access_token"]);
    const seen = await server.post(
      paths.introspection,
      { token },
      { headers: [basic("api", secrets.api)] },
    );

    expect(unproven).toMatchObject({ status: 400, json: { error: "invalid_dpop_proof" } });
    expect(unproven.json).not.toHaveProperty("access_token");
    expect(bound.json).toMatchObject({ token_type: "DPoP" });
    expect(seen.json).toMatchObject({
      active: true,
      token_type: "DPoP",
      cnf: { jkt: key.thumbprint },
    });
  });
});

describe("a clock that is set back", () => {
  it("between issue and introspection is a defined answer, and brings nothing to life", async () => {
    const server = await createTestServer();
    const revoked = await server.issueToken();
    await server.post(paths.revocation, { token: revoked });
    const token = await server.issueToken();
    const introspect = (text: string): Promise<TestResponse> =>
      server.post(paths.introspection, { token: text });

    for (const seconds of [1, 600, 86_400, 1_700_000_000]) {
      server.clock.setNow(1_700_000_000 - seconds);
      const response = await introspect(token);
      expect(response.status).toBe(200);
      expect(typeof response.json["active"]).toBe("boolean");
      expect((await introspect(revoked)).body).toBe('{"active":false}');
      expect((await server.post(paths.revocation, { token: "x" })).status).toBe(200);
    }
    expect(server.events.map(({ type }) => type)).not.toContain("request_failed");
  });

  it("JWT-04 JWT-05 DPOP-05 makes no used assertion and no used proof new", async () => {
    const signers = await createAssertionSetting();
    const { server, prove, ask } = await createDpopSetting();
    const [assertion, proof] = [signers.assert(), await prove()];

    const first = [(await signers.send(assertion)).status, (await ask(proof)).status];
    for (const clock of [signers.server.clock, server.clock]) clock.setNow(clock.now() - 5);
    const second = [(await signers.send(assertion)).status, (await ask(proof)).status];
    for (const clock of [signers.server.clock, server.clock]) clock.setNow(clock.now() - 86_400);
    const third = [(await signers.send(assertion)).status, (await ask(proof)).status];

    expect([first, second, third]).toEqual([
      [200, 200],
      [401, 400],
      [401, 400],
    ]);
  });
});
