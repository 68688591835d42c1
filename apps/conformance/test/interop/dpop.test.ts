import { decodeJwt, exportJWK } from "jose";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { describe, expect, it } from "vitest";

import type { SandboxServer } from "./sandbox-server.ts";
import { startSandboxServer } from "./sandbox-server.ts";

const insecure = { [oauth.allowInsecureRequests]: true };
const algorithms = ["ES256", "PS256", "Ed25519"] as const;

/** Binds oauth4webapi to a client of the sandbox; each call of `obtainToken` sends one request. */
async function connect({ url, sandbox }: SandboxServer, id: string) {
  const issuer = new URL(url);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, answer);
  const authenticate = oauth.ClientSecretBasic(sandbox.clients.get(id).secret);
  const self: oauth.Client = { client_id: id };
  return {
    server,
    self,
    obtainToken: async (DPoP?: oauth.DPoPHandle) => {
      const response = await oauth.clientCredentialsGrantRequest(
        server,
        self,
        authenticate,
        {},
        {
          ...insecure,
          ...(DPoP && { DPoP }),
        },
      );
      return oauth.processClientCredentialsResponse(server, self, response);
    },
    introspect: async (token: string) => {
      const response = await oauth.introspectionRequest(
        server,
        self,
        authenticate,
        token,
        insecure,
      );
      return oauth.processIntrospectionResponse(server, self, response);
    },
  };
}

describe("DPoP with oauth4webapi", () => {
  it.each(algorithms)("DPOP-01 DPOP-02 DPOP-04 gets a token bound to a key of %s", async (name) => {
    const { self, obtainToken, introspect } = await connect(
      await startSandboxServer(),
      "partner-dpop",
    );
    const DPoP = oauth.DPoP(self, await oauth.generateKeyPair(name));

    const token = await obtainToken(DPoP);
    const introspected = await introspect(token.access_token);

    const cnf = { jkt: await DPoP.calculateThumbprint() };
    expect(token.token_type).toBe("dpop");
    expect(decodeJwt(token.access_token)).toMatchObject({ cnf });
    expect(introspected).toMatchObject({ active: true, token_type: "DPoP", cnf });
  });

  it("DPOP-03 DPOP-06 is asked for a nonce, repeats it, and gets its token", async () => {
    const { self, obtainToken } = await connect(await startSandboxServer(), "partner-dpop-nonce");
    const DPoP = oauth.DPoP(self, await oauth.generateKeyPair("ES256"));

    const error: unknown = await obtainToken(DPoP).catch((reason: unknown) => reason);
    const token = await obtainToken(DPoP);

    expect(oauth.isDPoPNonceError(error)).toBe(true);
    expect(error).toMatchObject({ status: 400, error: "use_dpop_nonce" });
    expect(token.token_type).toBe("dpop");
  });

  it("DPOP-03 DPOP-05 reads the error for a clock that is an hour off", async () => {
    const { self, obtainToken } = await connect(await startSandboxServer(), "partner-dpop");
    const ahead = { ...self, [oauth.clockSkew]: 3600 };
    const DPoP = oauth.DPoP(ahead, await oauth.generateKeyPair("ES256"));

    const error: unknown = await obtainToken(DPoP).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(oauth.ResponseBodyError);
    expect(error).toMatchObject({ status: 400, error: "invalid_dpop_proof" });
  });

  it("DPOP-01 reads the error for a client that needs a proof and sends none", async () => {
    const { obtainToken } = await connect(await startSandboxServer(), "partner-dpop");

    const error: unknown = await obtainToken().catch((reason: unknown) => reason);

    expect(error).toMatchObject({ status: 400, error: "invalid_dpop_proof" });
  });

  it("MD-11 finds the algorithms in the metadata", async () => {
    const { server } = await connect(await startSandboxServer(), "partner-dpop");

    expect(server.dpop_signing_alg_values_supported).toEqual(
      expect.arrayContaining([...algorithms]),
    );
  });
});

describe("DPoP with openid-client", () => {
  it.each(["partner-dpop", "partner-dpop-nonce"])(
    "DPOP-04 DPOP-06 gets a bound token as %s, nonce and all",
    async (id) => {
      const { url, sandbox } = await startSandboxServer();
      const configuration = await client.discovery(
        new URL(url),
        id,
        undefined,
        client.ClientSecretBasic(sandbox.clients.get(id).secret),
        { algorithm: "oauth2", execute: [client.allowInsecureRequests] },
      );
      const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair("ES256"));

      const token = await client.clientCredentialsGrant(configuration, {}, { DPoP });

      expect(token.token_type).toBe("dpop");
      expect(decodeJwt(token.access_token)).toMatchObject({
        cnf: { jkt: await DPoP.calculateThumbprint() },
      });
    },
  );

  it("DPOP-04 DPOP-06 JWT-01 gets a bound token with an assertion, nonce and all", async () => {
    const { url, sandbox } = await startSandboxServer();
    const { privateKey, publicKey } = await client.randomDPoPKeyPair("ES256");
    const { id } = await sandbox.clients.create({
      id: "partner-fapi",
      tokenEndpointAuthMethod: "private_key_jwt",
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kty: "EC", alg: "ES256" }] },
      scope: ["decisions:read"],
      dpopBoundAccessTokens: true,
      dpopNonceRequired: true,
    });
    const configuration = await client.discovery(
      new URL(url),
      id,
      undefined,
      client.PrivateKeyJwt(privateKey),
      { algorithm: "oauth2", execute: [client.allowInsecureRequests] },
    );
    const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair("ES256"));

    const token = await client.clientCredentialsGrant(configuration, {}, { DPoP });

    expect(token.token_type).toBe("dpop");
  });
});
