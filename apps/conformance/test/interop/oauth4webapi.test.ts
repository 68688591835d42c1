import * as oauth from "oauth4webapi";
import { describe, expect, it } from "vitest";

import type { ForeignClient } from "./sandbox-server.ts";
import { startSandboxServer } from "./sandbox-server.ts";

const insecure = { [oauth.allowInsecureRequests]: true };

const authentications = {
  client_secret_basic: oauth.ClientSecretBasic,
  client_secret_post: oauth.ClientSecretPost,
};

/** Binds oauth4webapi to a server, found from its base URL alone, and to one client. */
async function connect(url: string, { id, secret, method }: ForeignClient) {
  const issuer = new URL(url);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, answer);
  const client = { client_id: id };
  const authenticate = authentications[method](secret);

  return {
    server,
    obtainToken: async (scope: string) => {
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        client,
        authenticate,
        { scope },
        insecure,
      );
      return oauth.processClientCredentialsResponse(server, client, response);
    },
    introspect: async (token: string) => {
      const response = await oauth.introspectionRequest(
        server,
        client,
        authenticate,
        token,
        insecure,
      );
      return oauth.processIntrospectionResponse(server, client, response);
    },
    revoke: async (token: string) => {
      const response = await oauth.revocationRequest(server, client, authenticate, token, insecure);
      await oauth.processRevocationResponse(response);
    },
  };
}

/** Validates a token as the resource server of the audience would. */
async function validate(server: oauth.AuthorizationServer, token: string, audience: string) {
  const request = new Request(audience, { headers: { authorization: `Bearer ${token}` } });
  return oauth.validateJwtAccessToken(server, request, audience, insecure);
}

/** Changes one bit in the middle of a token's signature. */
function spoilSignature(token: string): string {
  const index = token.length - 10;
  return `${token.slice(0, index)}${token[index] === "A" ? "B" : "A"}${token.slice(index + 1)}`;
}

describe("oauth4webapi", () => {
  it.each(["basicClient", "postClient"] as const)(
    "TOK-01 TOK-02 AUTH-01 gets a token as the %s",
    async (name) => {
      const { url, [name]: client } = await startSandboxServer();
      const { obtainToken } = await connect(url, client);

      const token = await obtainToken("decisions:read");

      expect(token).toMatchObject({ token_type: "bearer", scope: "decisions:read" });
      expect(token.expires_in).toBeGreaterThan(0);
    },
  );

  it("AT-01 AT-02 AT-05 JWK-01 validates the token with the published keys", async () => {
    const { url, basicClient, audience } = await startSandboxServer();
    const { server, obtainToken } = await connect(url, basicClient);
    const { access_token: token } = await obtainToken("decisions:read");

    const claims = await validate(server, token, audience);

    expect(claims).toMatchObject({
      iss: url,
      client_id: basicClient.id,
      sub: basicClient.id,
      scope: "decisions:read",
    });
  });

  it("refuses the token for another audience, and with a spoiled signature", async () => {
    const { url, basicClient, audience } = await startSandboxServer();
    const { server, obtainToken } = await connect(url, basicClient);
    const { access_token: token } = await obtainToken("decisions:read");

    await expect(validate(server, token, `${audience}/other`)).rejects.toThrow(
      oauth.OperationProcessingError,
    );
    await expect(validate(server, spoilSignature(token), audience)).rejects.toThrow(
      oauth.OperationProcessingError,
    );
  });

  it("INT-04 INT-08 REV-05 introspects a token, revokes it, and finds it inactive", async () => {
    const { url, postClient, resourceServer, audience } = await startSandboxServer();
    const client = await connect(url, postClient);
    const introspector = await connect(url, resourceServer);
    const { access_token: token } = await client.obtainToken("decisions:read");

    const before = await introspector.introspect(token);
    await client.revoke(token);
    const after = await introspector.introspect(token);

    expect(before).toMatchObject({
      active: true,
      iss: url,
      client_id: postClient.id,
      scope: "decisions:read",
      exp: expect.any(Number),
      iat: expect.any(Number),
    });
    expect([before.aud].flat()).toContain(audience);
    expect(after).toEqual({ active: false });
  });

  it("AUTH-02 authenticates with an id and a secret that must be form-encoded in Basic", async () => {
    const { url, encodedClient } = await startSandboxServer();
    const { obtainToken } = await connect(url, encodedClient);

    expect(await obtainToken("decisions:read")).toMatchObject({ scope: "decisions:read" });
  });

  it("AUTH-05 AUTH-06 reads the challenge for a wrong secret in Basic", async () => {
    const { url, basicClient } = await startSandboxServer();
    const { obtainToken } = await connect(url, { ...basicClient, secret: "wrong" });

    const error: unknown = await obtainToken("decisions:read").catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
    expect(error).toMatchObject({ status: 401, cause: [{ scheme: "basic" }] });
  });

  it("AUTH-11 is refused with a method that the client is not registered for", async () => {
    const { url, basicClient } = await startSandboxServer();
    const { obtainToken } = await connect(url, { ...basicClient, method: "client_secret_post" });

    const error: unknown = await obtainToken("decisions:read").catch((reason: unknown) => reason);

    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    expect(error.status).toBe(401);
    expect(await error.response.json()).toMatchObject({ error: "invalid_client" });
  });
});
