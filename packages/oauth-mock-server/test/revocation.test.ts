import type { Revocation } from "@credicorp/oauth-core";
import type { Sandbox } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { basic, tokenRequest } from "./support/requests.ts";

async function setUp(): Promise<Sandbox> {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function issue(sandbox: Sandbox): Promise<string> {
  const request = tokenRequest(sandbox.clients.get("partner-basic"));
  const response = await sandbox.fetch("/partner/v1/oauth/token", request);
  return ((await response.json()) as { readonly access_token: string }).access_token;
}

async function isActive(sandbox: Sandbox, token: string): Promise<boolean> {
  const response = await sandbox.fetch("/partner/v1/oauth/introspect", {
    method: "POST",
    headers: { authorization: basic(sandbox.clients.get("partner-api")) },
    body: new URLSearchParams({ token }),
  });
  return ((await response.json()) as { readonly active: boolean }).active;
}

describe("revocation in the sandbox", () => {
  it("REV-05 revokes a key: its tokens are inactive at once, and another key signs", async () => {
    const sandbox = await setUp();
    const token = await issue(sandbox);
    const [key] = await sandbox.keys.list();

    await sandbox.keys.revoke(key?.kid ?? "");

    expect([await isActive(sandbox, token), await isActive(sandbox, await issue(sandbox))]).toEqual(
      [false, true],
    );
    expect((await sandbox.keys.list()).map(({ phase }) => phase)).toEqual(["removed", "signing"]);
  });

  it("REV-05 remembers a token that a test revokes for as long as one that its client revokes", async () => {
    const sandbox = await setUp();
    const client = sandbox.clients.get("partner-basic");
    const [token, other] = [await issue(sandbox), await issue(sandbox)];
    const endOf = (jwt: string): number => {
      const [, payload = ""] = jwt.split(".");
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { exp: number };
      return claims.exp;
    };

    await sandbox.revokeToken(token);
    await sandbox.fetch("/partner/v1/oauth/revoke", {
      method: "POST",
      headers: { authorization: basic(client) },
      body: new URLSearchParams({ token: other }),
    });

    // 300 s is the most that a verifier's clock may be behind.
    expect((await sandbox.revocationFeed.poll(undefined)).revocations).toMatchObject([
      { kind: "token", expiresAt: endOf(token) + 300 },
      { kind: "token", expiresAt: endOf(other) + 300 },
    ]);
  });

  it("says which keys there are when asked to revoke another", async () => {
    const sandbox = await setUp();
    const [key] = await sandbox.keys.list();

    await expect(sandbox.keys.revoke("other")).rejects.toThrow(
      `There is no key other; there are: ${key?.kid}`,
    );
  });

  it("shows in its feed what was revoked, to readers and to subscribers, who cannot add to it", async () => {
    const sandbox = await setUp();
    const heard: Revocation[] = [];
    sandbox.revocationFeed.subscribe((revocation) => heard.push(revocation));
    const [key] = await sandbox.keys.list();
    const kid = key?.kid ?? "";

    await sandbox.revokeClientTokens("partner-basic");
    await sandbox.keys.revoke(kid);

    const expected = [
      { kind: "client", clientId: "partner-basic", notBefore: expect.any(Number) },
      { kind: "key", kid },
    ];
    expect(heard).toEqual(expected);
    expect((await sandbox.revocationFeed.poll(undefined)).revocations).toEqual(expected);
    expect(Object.keys(sandbox.revocationFeed)).toEqual(["poll", "subscribe"]);
  });
});
