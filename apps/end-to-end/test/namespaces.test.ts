import type { OAuthClient } from "@credicorp/oauth-client";
import { createOAuthClient } from "@credicorp/oauth-client";
import type { SandboxNamespace } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import type { Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { expect, it, onTestFinished } from "vitest";

interface Partner {
  readonly client: OAuthClient;
  readonly verifier: Verifier;
}

/** Our client and our verifier before a namespace, by nothing but its issuer. */
function createPartner(url: string, { issuer, clients }: SandboxNamespace): Partner {
  const { id: clientId, secret: clientSecret } = clients.get("partner-basic");
  const client = createOAuthClient({ baseUrl: url, issuer, clientId, clientSecret });
  const verifier = createVerifier({ issuer, audience: `${url}/partner/v1` });
  onTestFinished(() => void client.close());
  onTestFinished(() => verifier.close());
  return { client, verifier };
}

it("NSP-01 NSP-02 our client and verifier meet in a namespace, and not across two", async () => {
  await using sandbox = await createSandbox();
  const { url } = await sandbox.listen();
  const one = await sandbox.namespaces.create("one");
  const other = await sandbox.namespaces.create("other");
  const [first, second] = [createPartner(url, one), createPartner(url, other)];

  const { value: token } = await first.client.getToken();

  expect((await first.verifier.verifyToken(token)).kind).toBe("ok");
  expect(await second.verifier.verifyToken(token)).toMatchObject({ kind: "rejected" });
  expect(await first.client.introspect(token)).toMatchObject({ active: true });
  await first.client.revoke(token);
  expect(one.requests.count({ endpoint: "revocation", status: 200 })).toBe(1);
  expect(other.requests.count({ endpoint: "token" })).toBe(0);
  expect(sandbox.requests.count()).toBe(0);
});

it("a client of a namespace that is not there is told so", async () => {
  await using sandbox = await createSandbox();
  const { url } = await sandbox.listen();
  const client = createOAuthClient({
    baseUrl: url,
    issuer: `${url}/ns/nobody`,
    clientId: "partner-basic",
    clientSecret: sandbox.clients.get("partner-basic").secret,
  });
  onTestFinished(() => void client.close());

  await expect(client.getToken()).rejects.toMatchObject({ kind: "http", status: 404 });
});
