import { describe, expect, it } from "vitest";

import { audience, createTestServer, paths, readToken, secrets } from "./support/test-server.ts";

const grantType = { grant_type: "client_credentials" };
describe("access token", () => {
  it("AT-01 AT-02 AT-03 AT-05 AT-07 AT-08 is an at+jwt with the claims of RFC 9068", async () => {
    const server = await createTestServer();

    const { header, claims } = await readToken(server, await server.issueToken());

    expect(header).toEqual({ alg: "ES256", typ: "at+jwt", kid: expect.any(String) });
    expect(claims).toEqual({
      iss: "https://hub.example.com",
      sub: "basic",
      client_id: "basic",
      aud: audience,
      scope: "applications:write decisions:read",
      iat: 1_700_000_000,
      exp: 1_700_000_900,
      jti: expect.any(String),
    });
  });

  it("AT-08 has whole seconds as its dates, and lives no second less than is said", async () => {
    const server = await createTestServer();
    server.clock.setNow(1_700_000_000.75);

    const { json } = await server.post(paths.token, grantType);

    const { claims } = await readToken(server, String(json["access_token"]));
    expect(json["expires_in"]).toBe(900);
    expect([claims["iat"], claims["exp"]]).toEqual([1_700_000_000, 1_700_000_901]);
  });

  it("AT-08 lives as long as the client's record says", async () => {
    const server = await createTestServer();
    await server.register({
      id: "basic",
      secret: secrets.basic,
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
      accessTokenLifetimeSeconds: 2,
    });

    const { json } = await server.post(paths.token, grantType);

    expect(json["expires_in"]).toBe(2);
  });

  it("AT-09 carries the configured claims, which never replace a registered one", async () => {
    const server = await createTestServer({
      accessTokenClaims: { env: "sandbox", sub: "someone" },
    });

    const { claims } = await readToken(server, await server.issueToken());

    expect(claims).toMatchObject({ env: "sandbox", sub: "basic" });
  });
});
