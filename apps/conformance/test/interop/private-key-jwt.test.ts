import type { JWK } from "jose";
import { importJWK } from "jose";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { describe, expect, it } from "vitest";

import type { SandboxServer } from "./sandbox-server.ts";
import { startSandboxServer } from "./sandbox-server.ts";

const insecure = { [oauth.allowInsecureRequests]: true };
const id = "partner-private-key-jwt";
const algorithms = ["ES256", "PS256", "Ed25519"] as const;

/** A key as both libraries take it. */
interface ForeignKey {
  readonly key: oauth.CryptoKey;
  readonly kid?: string;
}

/** The published test key of the sandbox's own client. */
async function publishedKey({ sandbox }: SandboxServer): Promise<ForeignKey> {
  const { privateJwk } = sandbox.clients.get(id);
  if (privateJwk === undefined) throw new Error(`${id} has no private key`);
  const key = await importJWK(privateJwk as JWK, "ES256");
  if (key instanceof Uint8Array) throw new Error("the key is symmetric");
  return { key, kid: String(privateJwk.kid) };
}

/** Registers a client with a key that the library made, without a kid. */
async function registerClient({ sandbox }: SandboxServer, name: (typeof algorithms)[number]) {
  const { publicKey, privateKey } = await oauth.generateKeyPair(name, { extractable: true });
  const jwk = await crypto.subtle.exportKey("jwk", publicKey);
  const { kty = "", crv, x, y, n, e } = jwk;
  await sandbox.clients.create({
    id: "signer",
    tokenEndpointAuthMethod: "private_key_jwt",
    scope: ["decisions:read"],
    jwks: { keys: [{ kty, crv, x, y, n, e, alg: name }] },
  });
  return { key: privateKey };
}

async function connect(
  { url }: SandboxServer,
  self: { readonly id: string; readonly key: ForeignKey },
  change?: (payload: Record<string, unknown>) => void,
) {
  const issuer = new URL(url);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, answer);
  const identity: oauth.Client = { client_id: self.id };
  const authenticate = oauth.PrivateKeyJwt(
    self.key,
    change && { [oauth.modifyAssertion]: (_header, payload) => change(payload) },
  );
  const obtainToken = async () => {
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      identity,
      authenticate,
      {},
      insecure,
    );
    return oauth.processClientCredentialsResponse(server, identity, response);
  };
  return { server, identity, authenticate, obtainToken };
}

describe("private_key_jwt with oauth4webapi", () => {
  it("JWT-01 JWT-02 JWT-03 gets, introspects and revokes a token with the published test key", async () => {
    const sandboxServer = await startSandboxServer();
    const key = await publishedKey(sandboxServer);
    const { server, identity, authenticate, obtainToken } = await connect(sandboxServer, {
      id,
      key,
    });
    const introspect = async (token: string) => {
      const response = await oauth.introspectionRequest(
        server,
        identity,
        authenticate,
        token,
        insecure,
      );
      return oauth.processIntrospectionResponse(server, identity, response);
    };

    const { access_token: token } = await obtainToken();
    const before = await introspect(token);
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, identity, authenticate, token, insecure),
    );

    expect(before).toMatchObject({ active: true, client_id: id });
    expect(await introspect(token)).toEqual({ active: false });
  });

  it.each(algorithms)("JWT-06 MD-08 gets a token with a key of %s", async (name) => {
    const sandboxServer = await startSandboxServer();
    const key = await registerClient(sandboxServer, name);
    const { server, obtainToken } = await connect(sandboxServer, { id: "signer", key });

    expect(await obtainToken()).toMatchObject({ token_type: "bearer" });
    expect(server.token_endpoint_auth_signing_alg_values_supported).toContain(name);
  });

  it.each([
    { name: "RS256", change: undefined },
    {
      name: "the token endpoint as audience",
      change: (payload: Record<string, unknown>) => {
        payload["aud"] = `${String(payload["aud"])}/partner/v1/oauth/token`;
      },
    },
    {
      name: "a list as audience",
      change: (payload: Record<string, unknown>) => {
        payload["aud"] = [payload["aud"]];
      },
    },
    {
      name: "no jti",
      change: (payload: Record<string, unknown>) => {
        delete payload["jti"];
      },
    },
  ])("JWT-03 JWT-04 JWT-06 reads the error for $name", async ({ name, change }) => {
    const sandboxServer = await startSandboxServer();
    const key =
      name === "RS256"
        ? { key: (await oauth.generateKeyPair("RS256")).privateKey }
        : await publishedKey(sandboxServer);
    const { obtainToken } = await connect(sandboxServer, { id, key }, change);

    const error: unknown = await obtainToken().catch((reason: unknown) => reason);

    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) throw error;
    expect(error.status).toBe(401);
    expect(await error.response.json()).toMatchObject({ error: "invalid_client" });
  });
});

describe("private_key_jwt with openid-client", () => {
  it("JWT-01 JWT-02 JWT-03 gets a token with the published test key", async () => {
    const sandboxServer = await startSandboxServer();
    const configuration = await client.discovery(
      new URL(sandboxServer.url),
      id,
      undefined,
      client.PrivateKeyJwt(await publishedKey(sandboxServer)),
      { algorithm: "oauth2", execute: [client.allowInsecureRequests] },
    );

    const first = await client.clientCredentialsGrant(configuration, { scope: "decisions:read" });
    const second = await client.clientCredentialsGrant(configuration, { scope: "decisions:read" });

    expect(first).toMatchObject({ token_type: "bearer", scope: "decisions:read" });
    expect(second.access_token).not.toBe(first.access_token);
  });
});
