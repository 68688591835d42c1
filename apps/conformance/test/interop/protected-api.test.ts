import { createHash, randomUUID } from "node:crypto";

import * as jose from "jose";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { describe, expect, it } from "vitest";

import { audience, startForeignIssuer } from "./foreign-issuer.ts";
import { startProtectedApi } from "./protected-api.ts";
import { startSandboxServer } from "./sandbox-server.ts";

const algorithms = ["ES256", "PS256", "Ed25519"] as const;

describe("an API that our verifier guards, called with tokens and proofs made by jose", () => {
  /** A client that is jose and fetch. */
  async function setUp(algorithm: string) {
    const { issuer, sign } = await startForeignIssuer("ES256");
    const api = await startProtectedApi({ issuer, audience });
    const { publicKey, privateKey } = await jose.generateKeyPair(algorithm);
    const jwk = await jose.exportJWK(publicKey);
    const token = await sign({ claims: { cnf: { jkt: await jose.calculateJwkThumbprint(jwk) } } });
    const prove = async (claims: jose.JWTPayload = {}, header: object = {}): Promise<string> =>
      new jose.SignJWT({
        jti: randomUUID(),
        htm: "GET",
        htu: `${api}/decisions`,
        ath: createHash("sha256").update(token).digest("base64url"),
        ...claims,
      })
        .setIssuedAt(claims.iat)
        .setProtectedHeader({ typ: "dpop+jwt", alg: algorithm, jwk, ...header })
        .sign(privateKey);
    const call = async (proof: string): Promise<Response> =>
      fetch(`${api}/decisions?page=1`, {
        headers: { authorization: `DPoP ${token}`, dpop: proof },
      });
    return { prove, call };
  }

  it.each(algorithms)("DPOP-01 DPOP-02 lets a proof of %s in, once", async (algorithm) => {
    const { prove, call } = await setUp(algorithm);
    const proof = await prove();

    const first = await call(proof);
    const second = await call(proof);

    expect(await first.text()).toBe("foreign-client");
    expect([first.status, second.status]).toEqual([200, 401]);
  });

  it.each([
    ["another method", { htm: "POST" }, {}],
    ["another URL", { htu: "https://api.example/decisions" }, {}],
    ["another token", { ath: "x" }, {}],
    ["another time", { iat: 1_700_000_000 }, {}],
    ["another type", {}, { typ: "JWT" }],
  ])("DPOP-01 ATK-50 refuses a proof with %s", async (_name, claims, header) => {
    const { prove, call } = await setUp("ES256");
    const response = await call(await prove(claims, header));

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain('error="invalid_dpop_proof"');
  });
});

describe("an API that our verifier guards, called by foreign clients with tokens of the sandbox", () => {
  it.each(algorithms)(
    "DPOP-04 DPOP-06 lets openid-client in, nonce and all, with a key for %s",
    async (algorithm) => {
      const { url, audience: resource, sandbox } = await startSandboxServer();
      const api = await startProtectedApi(
        { issuer: url, audience: resource },
        { requireNonce: true },
      );
      const configuration = await client.discovery(
        new URL(url),
        "partner-dpop",
        undefined,
        client.ClientSecretBasic(sandbox.clients.get("partner-dpop").secret),
        { algorithm: "oauth2", execute: [client.allowInsecureRequests] },
      );
      const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair(algorithm));
      const token = await client.clientCredentialsGrant(configuration, {}, { DPoP });
      const call = async (): Promise<Response> =>
        client.fetchProtectedResource(
          configuration,
          token.access_token,
          new URL(`${api}/decisions`),
          "GET",
          undefined,
          undefined,
          { DPoP },
        );

      expect(await (await call()).text()).toBe("partner-dpop");
      expect((await call()).status).toBe(200);
    },
  );

  it("DPOP-03 DPOP-06 asks oauth4webapi for a nonce in a way that it understands", async () => {
    const { url, audience: resource, sandbox } = await startSandboxServer();
    const api = await startProtectedApi(
      { issuer: url, audience: resource },
      { requireNonce: true },
    );
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(url);
    const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
    const server = await oauth.processDiscoveryResponse(issuer, answer);
    const self: oauth.Client = { client_id: "partner-dpop" };
    const DPoP = oauth.DPoP(self, await oauth.generateKeyPair("ES256"));
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      self,
      oauth.ClientSecretBasic(sandbox.clients.get("partner-dpop").secret),
      {},
      { ...insecure, DPoP },
    );
    const token = await oauth.processClientCredentialsResponse(server, self, response);
    const call = async (): Promise<Response> =>
      oauth.protectedResourceRequest(
        token.access_token,
        "GET",
        new URL(`${api}/decisions`),
        undefined,
        undefined,
        { ...insecure, DPoP },
      );

    const error: unknown = await call().catch((reason: unknown) => reason);
    const repeated = await call();

    expect(oauth.isDPoPNonceError(error)).toBe(true);
    expect(await repeated.text()).toBe("partner-dpop");
  });
});
