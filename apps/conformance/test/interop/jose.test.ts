import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";

import { startSandboxServer } from "./sandbox-server.ts";

/** Starts a server and gets what a resource server with jose knows: the key set's URL. */
async function setUp() {
  const server = await startSandboxServer();
  const { url, audience, basicClient } = server;
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`), { cooldownDuration: 0 });
  const obtainToken = async (): Promise<string> => {
    const response = await fetch(`${url}/partner/v1/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${basicClient.id}:${basicClient.secret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope: "decisions:read" }),
    });
    const { access_token: token } = (await response.json()) as { readonly access_token: string };
    return token;
  };
  const verify = async (token: string, options: { readonly audience?: string } = {}) =>
    jwtVerify(token, keys, { issuer: url, audience, typ: "at+jwt", ...options });
  return { ...server, obtainToken, verify };
}

describe("jose", () => {
  it("AT-01 AT-02 JWK-01 JWK-02 verifies a token with the published keys", async () => {
    const { obtainToken, verify, basicClient, url } = await setUp();

    const { payload, protectedHeader } = await verify(await obtainToken());

    expect(protectedHeader).toEqual({ alg: "ES256", typ: "at+jwt", kid: expect.any(String) });
    expect(payload).toMatchObject({ iss: url, sub: basicClient.id, client_id: basicClient.id });
  });

  it("AT-06 refuses a token for another audience", async () => {
    const { obtainToken, verify, audience } = await setUp();
    const token = await obtainToken();

    await expect(verify(token, { audience: `${audience}/other` })).rejects.toThrow(
      errors.JWTClaimValidationFailed,
    );
  });

  it("JWK-04 verifies tokens from before and after a rotation", async () => {
    const { obtainToken, verify, sandbox } = await setUp();
    const before = await obtainToken();
    await verify(before);

    await sandbox.keys.rotate();
    const after = await obtainToken();

    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    await expect(verify(after)).resolves.toBeDefined();
    await expect(verify(before)).resolves.toBeDefined();
  });
});
