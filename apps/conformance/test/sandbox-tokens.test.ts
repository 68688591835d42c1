import { describe, expect, it } from "vitest";

import type { Sandbox, TokenDefect } from "@credicorp/oauth-mock-server";
import { createSandbox, tokenDefects } from "@credicorp/oauth-mock-server";
import type { Outcome, Verifier, VerifierPorts } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";

/** A verifier that reaches a sandbox without a port, and reads its clock. */
function verifierOf(sandbox: Sandbox): Verifier {
  const transport: VerifierPorts["transport"] = async ({ url, headers }) => {
    const response = await sandbox.fetch(url, {
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    });
    return {
      ok: true,
      value: {
        status: response.status,
        headers: [...response.headers],
        body: new Uint8Array(await response.arrayBuffer()),
      },
    };
  };
  return createVerifier({
    issuer: sandbox.issuer,
    audience: `${sandbox.issuer}/partner/v1`,
    ports: { transport, clock: sandbox.clock },
  });
}

/** The code of the reason for which a token is refused; `ok` when it is not. */
async function judge(sandbox: Sandbox, token: string): Promise<string> {
  const outcome: Outcome = await verifierOf(sandbox).verifyToken(token);
  return outcome.kind === "ok" ? outcome.kind : outcome.detail.code;
}

/** What our verifier, and the sandbox's own introspection, must say of each defect. */
const reasons: Readonly<Record<TokenDefect, string>> = {
  expired: "expired",
  not_yet_valid: "not_yet_valid",
  wrong_issuer: "issuer",
  wrong_audience: "audience",
  bad_signature: "signature",
  changed_payload: "signature",
  empty_signature: "malformed",
  unknown_kid: "key_not_found",
  alg_none: "malformed",
  alg_hs256: "algorithm",
  wrong_typ: "type",
  unknown_extension: "malformed",
  missing_claim: "claims",
  wrong_claim_type: "claims",
  duplicate_member: "malformed",
  non_canonical_base64: "malformed",
  padded_base64: "malformed",
  two_segments: "malformed",
  four_segments: "malformed",
  too_long: "malformed",
  bound_to_unknown_key: "confirmation",
};

describe("a token that the sandbox issues without a request", () => {
  it("is good, says what the token endpoint would say, and is marked", async () => {
    await using sandbox = await createSandbox();

    const token = await sandbox.issueToken({ clientId: "partner-read-only" });
    const outcome = await verifierOf(sandbox).verifyToken(token);

    expect(outcome).toMatchObject({
      kind: "ok",
      principal: {
        clientId: "partner-read-only",
        scope: ["decisions:read"],
        claims: { extensions: { env: "sandbox" } },
      },
    });
    expect(sandbox.requests.count({ endpoint: "token" })).toBe(0);
  });

  it("says what it is told to say", async () => {
    await using sandbox = await createSandbox();

    const token = await sandbox.issueToken({
      clientId: "nobody-registered",
      scope: ["a", "b"],
      audience: ["https://one.example", `${sandbox.issuer}/partner/v1`],
      lifetimeSeconds: 7200,
      claims: { tenant: "x", sub: "y" },
    });
    sandbox.clock.advance("119m");
    const outcome = await verifierOf(sandbox).verifyToken(token);

    expect(outcome).toMatchObject({
      kind: "ok",
      principal: { clientId: "nobody-registered", subject: "y", scope: ["a", "b"] },
    });
    sandbox.clock.advance("2m");
    expect(await judge(sandbox, token)).toBe("expired");
  });

  it("is signed by the key that signs at that moment, with the algorithm of its client", async () => {
    await using sandbox = await createSandbox();
    await sandbox.clients.create({
      id: "rsa",
      tokenEndpointAuthMethod: "client_secret_basic",
      scope: ["decisions:read"],
      accessTokenAlgorithm: "Ed25519",
    });
    const before = await sandbox.issueToken();

    const { kid } = await sandbox.keys.rotate();
    const after = await sandbox.issueToken();

    const headers = [before, after, await sandbox.issueToken({ clientId: "rsa" })].map(
      (token) =>
        JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()) as object,
    );
    expect(headers).toMatchObject([{ alg: "ES256" }, { kid }, { alg: "Ed25519" }]);
    expect(headers[0]).not.toMatchObject({ kid });
    expect([await judge(sandbox, before), await judge(sandbox, after)]).toEqual(["ok", "ok"]);
  });

  it("cannot be had while no key may sign", async () => {
    await using sandbox = await createSandbox();
    await sandbox.clients.create({ id: "new", tokenEndpointAuthMethod: "client_secret_basic" });
    const [first] = await sandbox.keys.list();
    sandbox.clock.advance("1h");
    await sandbox.keys.rotate();
    await sandbox.keys.revoke(first?.kid ?? "");
    sandbox.clock.reset();

    await expect(sandbox.issueToken()).rejects.toMatchObject({ kind: "config", option: "keys" });
  });

  it("has a reason to be refused for each defect that there is", () => {
    expect(Object.keys(reasons).toSorted()).toEqual([...tokenDefects].toSorted());
  });

  it.each(tokenDefects)("is refused when it is spoiled: %s", async (malformed) => {
    await using sandbox = await createSandbox();

    const token = await sandbox.issueToken({ malformed });

    expect(await judge(sandbox, token)).toBe(reasons[malformed]);
  });
});
