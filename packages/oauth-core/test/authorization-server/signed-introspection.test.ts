import { describe, expect, it } from "vitest";

import { concludeIntrospectionJwt, parseIntrospectionJwt } from "@credicorp/oauth-core/jwt";

import { bytes } from "../support/node-ports.ts";
import type { PostOptions, TestResponse, TestServer } from "./support/test-server.ts";
import {
  audience,
  basic,
  createTestServer,
  issuer,
  paths,
  readToken,
  secrets,
} from "./support/test-server.ts";

const mediaType = "application/token-introspection+jwt";
const basicApi = basic("api", secrets.api);
const asApi: PostOptions = { headers: [basicApi, ["Accept", mediaType]] };

async function introspect(
  server: TestServer,
  token: string,
  options: PostOptions = asApi,
): Promise<TestResponse> {
  const response = await server.post(paths.introspection, { token }, options);
  expect(response.status).toBe(200);
  return response;
}

describe("signed introspection", () => {
  it("INT-13 signs the whole answer for its caller, with the server's key", async () => {
    const server = await createTestServer();
    const token = await server.issueToken({ scope: "decisions:read" });

    const plain = await introspect(server, token, { headers: [basicApi] });
    const signed = await introspect(server, token);

    expect(signed.header("content-type")).toBe(mediaType);
    expect(signed.header("cache-control")).toBe("no-store");
    const { header, claims } = await readToken(server, signed.body);
    expect(header).toEqual({
      alg: "ES256",
      typ: "token-introspection+jwt",
      kid: expect.any(String),
    });
    expect(claims).toEqual({
      iss: issuer,
      aud: "api",
      iat: 1_700_000_000,
      token_introspection: plain.json,
    });
    expect(plain.json).toMatchObject({ active: true, aud: audience });
  });

  it("INT-13 INT-05 signs inactive answers too, and says nothing else in them", async () => {
    const server = await createTestServer();

    const { claims } = await readToken(server, (await introspect(server, "no-such-token")).body);

    expect(claims).toEqual({
      iss: issuer,
      aud: "api",
      iat: 1_700_000_000,
      token_introspection: { active: false },
    });
    expect(server.events.at(-1)).toMatchObject({ type: "token_introspected", active: false });
  });

  it("INT-13 is read by the same module that wrote it", async () => {
    const server = await createTestServer();
    const { body } = await introspect(server, await server.issueToken());

    const received = parseIntrospectionJwt(body, bytes);

    const policy = { issuer, audience: "api", clockToleranceSeconds: 5, maxAgeSeconds: 60 };
    const result =
      received.ok &&
      concludeIntrospectionJwt(received.value, { isGood: true, policy, now: server.clock.now() });
    expect(result).toMatchObject({ ok: true, value: { active: true, clientId: "basic" } });
  });

  it.each([
    { accept: mediaType, isSigned: true },
    { accept: mediaType.toUpperCase(), isSigned: true },
    { accept: `${mediaType};q=0.1`, isSigned: true },
    { accept: `application/json;q=0.5, ${mediaType}`, isSigned: true },
    { accept: `application/json, ${mediaType}`, isSigned: true },
    { accept: `application/*;q=0.2, ${mediaType};q=0.3`, isSigned: true },
    { accept: `${mediaType};q=0.5, application/json`, isSigned: false },
    { accept: `${mediaType};q=0.5, */*`, isSigned: false },
    { accept: `${mediaType};q=0`, isSigned: false },
    { accept: `${mediaType};v=2`, isSigned: false },
    { accept: "*/*", isSigned: false },
    { accept: "application/*", isSigned: false },
    { accept: "application/json", isSigned: false },
    { accept: "application/jwt", isSigned: false },
    { accept: "text/html", isSigned: false },
    { accept: `${mediaType};q=7`, isSigned: false },
    { accept: `${mediaType} ${mediaType}`, isSigned: false },
    { accept: "", isSigned: false },
  ])("INT-13 answers Accept: $accept", async ({ accept, isSigned }) => {
    const server = await createTestServer();
    const token = await server.issueToken();

    const response = await introspect(server, token, { headers: [basicApi, ["Accept", accept]] });

    expect(response.header("content-type")).toBe(isSigned ? mediaType : "application/json");
    expect(response.body.startsWith("{")).toBe(!isSigned);
  });

  it("INT-13 reads a field that is repeated as one", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();

    const response = await introspect(server, token, {
      headers: [basicApi, ["accept", "text/html"], ["ACCEPT", mediaType]],
    });

    expect(response.header("content-type")).toBe(mediaType);
  });

  it("INT-13 INT-02 refuses in JSON whoever asks", async () => {
    const server = await createTestServer();
    const stranger = { headers: [["Accept", mediaType]] } as const;

    const unknown = await server.post(paths.introspection, { token: "x" }, stranger);
    const empty = await server.post(paths.introspection, {}, asApi);

    expect([unknown.status, empty.status]).toEqual([401, 400]);
    for (const refused of [unknown, empty]) {
      expect(refused.header("content-type")).toBe("application/json");
    }
  });

  it("INT-13 signs as the caller is registered, with each algorithm that the metadata lists and no other", async () => {
    const server = await createTestServer();
    await server.rotate("Ed25519");
    const { json } = await server.request({ target: paths.metadata });
    expect(json["introspection_signing_alg_values_supported"]).toEqual(["ES256", "Ed25519"]);

    const found: unknown[] = [];
    for (const algorithm of ["ES256", "Ed25519", "PS256"] as const) {
      await server.register({
        id: "api",
        secret: secrets.api,
        tokenEndpointAuthMethod: "client_secret_basic",
        mayIntrospect: true,
        introspectionSignedResponseAlgorithm: algorithm,
      });
      const response = await server.post(paths.introspection, { token: "x" }, asApi);
      const received = parseIntrospectionJwt(response.body, bytes);
      found.push(received.ok ? received.value.algorithm : response.status);
    }

    expect(found).toEqual(["ES256", "Ed25519", 503]);
    expect(server.events.at(-1)).toMatchObject({ why: "signing_key_missing" });
  });

  it("ATK-52 INT-13 is inactive at introspection, and revokes nothing: it is no access token", async () => {
    const server = await createTestServer();
    const token = await server.issueToken();
    const { body } = await introspect(server, token, {
      headers: [basic("basic", secrets.basic), ["Accept", mediaType]],
    });

    const response = await server.post(
      paths.introspection,
      { token: body },
      { headers: [basicApi] },
    );
    await server.post(paths.revocation, { token: body });

    expect(response.body).toBe('{"active":false}');
    expect(server.events.slice(-2)).toMatchObject([{ why: "type" }, { why: "type" }]);
    expect((await introspect(server, token, { headers: [basicApi] })).json["active"]).toBe(true);
  });
});
