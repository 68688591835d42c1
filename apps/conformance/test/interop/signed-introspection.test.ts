import { createVerifier } from "@credicorp/oauth-verifier";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { describe, expect, it } from "vitest";

import { startSandboxServer } from "./sandbox-server.ts";

const mediaType = "application/token-introspection+jwt";
const insecure = { [oauth.allowInsecureRequests]: true };

/** A server, a token of a partner, and what its resource server is told of it when it asks for a signed answer. */
async function setUp() {
  const server = await startSandboxServer();
  const { url, basicClient, resourceServer } = server;
  const post = async (
    path: string,
    { id, secret }: { readonly id: string; readonly secret: string },
    form: Record<string, string>,
  ): Promise<Response> =>
    fetch(`${url}/partner/v1/oauth/${path}`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}`, accept: mediaType },
      body: new URLSearchParams(form),
    });
  const issued = await post("token", basicClient, { grant_type: "client_credentials" });
  const { access_token: token } = (await issued.json()) as { readonly access_token: string };
  const response = await post("introspect", resourceServer, { token });
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
  return { ...server, token, response, answer: await response.text(), keys };
}

describe("signed introspection", () => {
  it("INT-13 verifies with jose: its own type, for its caller, with the whole answer inside", async () => {
    const { url, response, answer, keys, basicClient, resourceServer, audience } = await setUp();

    const { payload, protectedHeader } = await jwtVerify(answer, keys, {
      issuer: url,
      audience: resourceServer.id,
      typ: "token-introspection+jwt",
      maxTokenAge: "10s",
    });

    expect(response.headers.get("content-type")).toBe(mediaType);
    expect(protectedHeader.alg).toBe("ES256");
    expect(payload).toEqual({
      iss: url,
      aud: resourceServer.id,
      iat: expect.any(Number),
      token_introspection: expect.objectContaining({
        active: true,
        iss: url,
        aud: audience,
        client_id: basicClient.id,
      }),
    });
  });

  it("INT-13 passes the checks of oauth4webapi, its signature included", async () => {
    const { url, token, basicClient, resourceServer } = await setUp();
    const issuer = new URL(url);
    const discovery = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...insecure });
    const server = await oauth.processDiscoveryResponse(issuer, discovery);
    const client = { client_id: resourceServer.id };
    const authenticate = oauth.ClientSecretBasic(resourceServer.secret);
    const ask = async (about: string) => {
      const response = await oauth.introspectionRequest(server, client, authenticate, about, {
        ...insecure,
        requestJwtResponse: true,
      });
      const processed = await oauth.processIntrospectionResponse(server, client, response);
      await oauth.validateApplicationLevelSignature(server, response, insecure);
      return processed;
    };

    expect(server.introspection_signing_alg_values_supported).toContain("ES256");
    expect(await ask(token)).toMatchObject({ active: true, client_id: basicClient.id });
    expect(await ask("no-such-token")).toEqual({ active: false });
  });

  it("ATK-52 passes as an access token at no resource server: not at ours, not at foreign ones", async () => {
    const { url, answer, token, keys, resourceServer } = await setUp();
    const verifier = createVerifier({ issuer: url, audience: resourceServer.id });

    expect(await verifier.verifyToken(answer)).toMatchObject({
      kind: "rejected",
      error: "invalid_token",
      detail: { code: "type" },
    });
    await expect(
      jwtVerify(answer, keys, { issuer: url, audience: resourceServer.id, typ: "at+jwt" }),
    ).rejects.toThrow(errors.JWTClaimValidationFailed);
    // And an access token is no answer.
    await expect(
      jwtVerify(token, keys, { issuer: url, typ: "token-introspection+jwt" }),
    ).rejects.toThrow(errors.JWTClaimValidationFailed);
  });
});
