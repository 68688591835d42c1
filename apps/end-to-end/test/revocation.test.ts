import type { SandboxClient } from "@credicorp/oauth-mock-server";
import { createSandbox } from "@credicorp/oauth-mock-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type { Outcome, RevocationOptions, Verifier } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it, onTestFinished } from "vitest";

const lagSeconds = 5;

/** A listening sandbox, and verifiers in the same process that get their keys over HTTP and follow its feed. */
async function setUp() {
  const clock = createControlledClock();
  const sandbox = await createSandbox({ clock });
  onTestFinished(() => sandbox.close());
  const { url } = await sandbox.listen();
  const { poll, subscribe } = sandbox.revocationFeed;
  const follow = (feed: RevocationOptions["feed"]): Verifier =>
    createVerifier({
      issuer: url,
      audience: `${url}/partner/v1`,
      revocations: { feed, lagSeconds },
      ports: { clock },
    });
  const send = async (path: string, client: SandboxClient, form: Record<string, string>) =>
    fetch(`${url}/partner/v1/oauth/${path}`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
      body: new URLSearchParams(form),
    });
  const partner = sandbox.clients.get("partner-basic");
  const issue = async (): Promise<string> => {
    const response = await send("token", partner, { grant_type: "client_credentials" });
    return ((await response.json()) as { readonly access_token: string }).access_token;
  };
  const kidOf = (token: string): string => {
    const [header = ""] = token.split(".");
    return String(JSON.parse(Buffer.from(header, "base64url").toString("utf8")).kid);
  };
  const verifiers = { polling: follow({ poll }), pushed: follow({ poll, subscribe }) };
  return { clock, sandbox, partner, send, issue, kidOf, verifiers };
}

function codeOf(outcome: Outcome): string {
  return outcome.kind === "ok" ? "ok" : outcome.detail.code;
}

describe("revocation, from the sandbox to verifiers", () => {
  it.each<{
    name: string;
    revoke: (setting: Awaited<ReturnType<typeof setUp>>, token: string) => Promise<unknown>;
  }>([
    {
      name: "the client gave back",
      revoke: ({ send, partner }, token) => send("revoke", partner, { token }),
    },
    {
      name: "the operator ended with all others of the client",
      revoke: ({ sandbox, partner }) => sandbox.revokeClientTokens(partner.id),
    },
    {
      name: "a stolen key may have signed",
      revoke: ({ sandbox, kidOf }, token) => sandbox.keys.revoke(kidOf(token)),
    },
  ])(
    "REV-05 refuses a token that $name: pushed at once, polled within the lag, and takes the next one",
    async ({ revoke }) => {
      const setting = await setUp();
      const { clock, issue, verifiers } = setting;
      const token = await issue();
      const verify = async (candidate: string): Promise<readonly string[]> => [
        codeOf(await verifiers.pushed.verifyToken(candidate)),
        codeOf(await verifiers.polling.verifyToken(candidate)),
      ];
      expect(await verify(token)).toEqual(["ok", "ok"]);

      await revoke(setting, token);
      expect(await verify(token)).toEqual(["revoked", "ok"]);
      clock.advance(lagSeconds + 0.001);
      expect(await verify(token)).toEqual(["revoked", "revoked"]);

      expect(await verify(await issue())).toEqual(["ok", "ok"]);
    },
  );

  it("REV-05 refuses tokens of a stolen key though the verifier still has the key", async () => {
    const { sandbox, issue, kidOf, verifiers } = await setUp();
    const token = await issue();
    await verifiers.pushed.verifyToken(token);

    await sandbox.keys.revoke(kidOf(token));

    expect(verifiers.pushed.health().keyIds).toContain(kidOf(token));
    expect(await verifiers.pushed.verifyToken(token)).toMatchObject({
      kind: "rejected",
      error: "invalid_token",
      detail: { code: "revoked" },
    });
  });
});
