import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrant,
  discovery,
  ResponseBodyError,
  tokenIntrospection,
  tokenRevocation,
  WWWAuthenticateChallengeError,
} from "openid-client";
import type { Configuration } from "openid-client";
import { describe, expect, it } from "vitest";

import type { ForeignClient } from "./sandbox-server.ts";
import { startSandboxServer } from "./sandbox-server.ts";

const authentications = {
  client_secret_basic: ClientSecretBasic,
  client_secret_post: ClientSecretPost,
};

/** Configures openid-client from the base URL alone. */
async function configure(url: string, client: ForeignClient): Promise<Configuration> {
  const authenticate = authentications[client.method];
  return discovery(new URL(url), client.id, undefined, authenticate(client.secret), {
    algorithm: "oauth2",
    execute: [allowInsecureRequests],
  });
}

describe("openid-client", () => {
  it("MD-01 MD-02 MD-03 MD-04 finds the endpoints from the base URL", async () => {
    const { url, basicClient } = await startSandboxServer();

    const metadata = (await configure(url, basicClient)).serverMetadata();

    expect(metadata).toMatchObject({
      issuer: url,
      token_endpoint: `${url}/partner/v1/oauth/token`,
      introspection_endpoint: `${url}/partner/v1/oauth/introspect`,
      revocation_endpoint: `${url}/partner/v1/oauth/revoke`,
      jwks_uri: `${url}/.well-known/jwks.json`,
    });
  });

  it.each(["basicClient", "postClient"] as const)(
    "TOK-01 AUTH-01 gets a token as the %s",
    async (name) => {
      const { url, [name]: client } = await startSandboxServer();
      const configuration = await configure(url, client);

      const token = await clientCredentialsGrant(configuration, { scope: "decisions:read" });

      expect(token).toMatchObject({ token_type: "bearer", scope: "decisions:read" });
      expect(token.access_token.split(".")).toHaveLength(3);
      expect(token.expiresIn()).toBeGreaterThan(0);
    },
  );

  it("REV-02 REV-05 INT-04 introspects a token, revokes it, and finds it inactive", async () => {
    const { url, basicClient, resourceServer } = await startSandboxServer();
    const client = await configure(url, basicClient);
    const introspector = await configure(url, resourceServer);
    const { access_token: token } = await clientCredentialsGrant(client, {
      scope: "decisions:read",
    });

    const before = await tokenIntrospection(introspector, token);
    await tokenRevocation(client, token);
    const after = await tokenIntrospection(introspector, token);

    expect(before).toMatchObject({
      active: true,
      client_id: basicClient.id,
      scope: "decisions:read",
    });
    expect(after).toEqual({ active: false });
  });

  it("REV-02 revokes a token that is none", async () => {
    const { url, basicClient } = await startSandboxServer();
    const configuration = await configure(url, basicClient);

    await expect(tokenRevocation(configuration, "no-token")).resolves.toBeUndefined();
  });

  it("AUTH-05 AUTH-06 reads the challenge for a wrong secret in Basic", async () => {
    const { url, basicClient } = await startSandboxServer();
    const configuration = await configure(url, { ...basicClient, secret: "wrong" });

    const error: unknown = await clientCredentialsGrant(configuration).catch(
      (reason: unknown) => reason,
    );

    expect(error).toBeInstanceOf(WWWAuthenticateChallengeError);
    expect(error).toMatchObject({ status: 401, cause: [{ scheme: "basic" }] });
  });

  it("AUTH-06 TOK-17 reads the challenge and the error for a wrong secret in the body", async () => {
    const { url, postClient } = await startSandboxServer();
    const configuration = await configure(url, { ...postClient, secret: "wrong" });

    const error: unknown = await clientCredentialsGrant(configuration).catch(
      (reason: unknown) => reason,
    );

    // HTTP wants a challenge with every 401, and the library looks at it before the body.
    if (!(error instanceof WWWAuthenticateChallengeError)) throw error;
    expect(error.status).toBe(401);
    expect(await error.response.json()).toMatchObject({ error: "invalid_client" });
  });

  it("TOK-14 TOK-16 reads the error for a scope that the client may not have", async () => {
    const { url, basicClient } = await startSandboxServer();
    const configuration = await configure(url, basicClient);

    const error: unknown = await clientCredentialsGrant(configuration, {
      scope: "everything:write",
    }).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(ResponseBodyError);
    expect(error).toMatchObject({ status: 400, error: "invalid_scope" });
  });
});
