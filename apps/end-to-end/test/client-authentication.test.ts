import { describe, expect, it, onTestFinished } from "vitest";

import type { OAuthClient } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import { privateKeyJwt } from "@credicorp/oauth-client/private-key-jwt";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { signatureEngine } from "@credicorp/oauth-runtime";

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
