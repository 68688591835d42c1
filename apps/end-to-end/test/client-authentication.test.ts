import { describe, expect, it, onTestFinished } from "vitest";

import type { OAuthClient } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import { dpop } from "@credicorp/oauth-client/dpop";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { signatureEngine } from "@credicorp/oauth-runtime";

import { startDpopApi } from "./support/dpop-api.ts";

/** Starts a sandbox that listens. */
async function startSandbox(): Promise<{ readonly sandbox: Sandbox; readonly baseUrl: string }> {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const { url: baseUrl } = await sandbox.listen();
  return { sandbox, baseUrl };
}

function start(options: Parameters<typeof createOAuthClient>[0]): OAuthClient {
  const client = createOAuthClient(options);
  onTestFinished(() => client.close());
  return client;
}

describe("private_key_jwt against the sandbox, over sockets", () => {
  it("CLI-24 JWT-01 gets tokens, looks one up and revokes it, each with an assertion of its own", async () => {
    const { sandbox, baseUrl } = await startSandbox();
    const { id: clientId, privateJwk } = sandbox.clients.get("partner-private-key-jwt");
    const key = privateJwk ?? "";
    const client = start({ baseUrl, clientId, authentication: privateKeyJwt({ key }) });

    const { value } = await client.getToken();
    const other = await client.getToken({ scope: ["decisions:read"] });
    const before = await client.introspect(value);
    await client.revoke(value);

    expect(before).toMatchObject({ active: true });
    expect(other.scope).toEqual(["decisions:read"]);
    expect(await client.introspect(value)).toMatchObject({ active: false });
  });

  it.each(["ES256", "PS256", "Ed25519"] as const)(
    "JWT-06 is understood when it signs with %s",
    async (algorithm) => {
      const jwk = { ...(await signatureEngine.generateKeyPair(algorithm)), kid: "mine" };
      const { sandbox, baseUrl } = await startSandbox();
      await sandbox.clients.create({
        id: "signer",
        tokenEndpointAuthMethod: "private_key_jwt",
        scope: ["decisions:read"],
        jwks: { keys: [toPublicJwk(jwk)] },
      });
      const authentication = privateKeyJwt({ key: jwk });
      const client = start({ baseUrl, clientId: "signer", authentication });

      expect(await client.getToken()).toMatchObject({ tokenType: "Bearer" });
    },
  );
});

describe("DPoP against the sandbox and an API that wants proofs, over sockets", () => {
  it.each(["ES256", "PS256", "Ed25519"] as const)(
    "CLI-24 DPOP-04 gets a bound token and uses it, with a key for %s",
    async (algorithm) => {
      const { sandbox, baseUrl } = await startSandbox();
      const api = await startDpopApi(sandbox, baseUrl);
      const { id: clientId, secret: clientSecret } = sandbox.clients.get("partner-dpop");
      const client = start({
        baseUrl,
        clientId,
        clientSecret,
        dpop: dpop({ generate: algorithm }),
        allowedOrigins: [api.url],
      });
      const call = (): Promise<Response> => client.fetch(`${api.url}/partner/v1/applications?a=b`);

      const statuses = [(await call()).status, (await call()).status];
      api.setNonce("second-nonce");
      statuses.push((await call()).status);

      expect(statuses).toEqual([200, 200, 200]);
      // Asked for the first nonce, and for the second one.
      expect(api.statuses).toEqual([401, 200, 200, 401, 200]);
    },
  );

  it("CLI-24 DPOP-06 repeats the nonce of the sandbox, unseen by its callers", async () => {
    const { sandbox, baseUrl } = await startSandbox();
    const { id: clientId, secret: clientSecret } = sandbox.clients.get("partner-dpop-nonce");
    const client = start({ baseUrl, clientId, clientSecret, dpop: dpop({ generate: "ES256" }) });

    const tokens = await Promise.all([
      client.getToken(),
      client.getToken({ scope: ["decisions:read"] }),
    ]);

    expect(tokens.map(({ tokenType }) => tokenType)).toEqual(["DPoP", "DPoP"]);
  });

  it("CLI-20 DPOP-04 takes no unbound token from a sandbox without DPoP", async () => {
    const sandbox = await createSandbox({ dpop: null });
    onTestFinished(() => sandbox.close());
    const { url: baseUrl } = await sandbox.listen();
    const { id: clientId, secret: clientSecret } = sandbox.clients.get("partner-basic");
    const client = start({ baseUrl, clientId, clientSecret, dpop: dpop({ generate: "ES256" }) });

    await expect(client.getToken()).rejects.toMatchObject({ failure: "token_type_downgraded" });
  });
});
