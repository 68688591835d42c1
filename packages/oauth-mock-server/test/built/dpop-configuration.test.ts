import { describe, expect, it } from "vitest";

import { refusalOf, startConfigured } from "./support/configured-command.ts";

async function readAlgorithms(url: string): Promise<unknown> {
  const response = await fetch(`${url}/.well-known/oauth-authorization-server`);
  const metadata = (await response.json()) as Record<string, unknown>;
  return metadata["dpop_signing_alg_values_supported"];
}

const secret = "sandbox_test_Jq7Vn2kTzX4mWc9RbY5sPd8hLf3gAe6u";
const client = { id: "a", secret, tokenEndpointAuthMethod: "client_secret_post", scope: ["x"] };

describe("DPoP in a configuration file", () => {
  it("MD-11 DPOP-01 takes the options of the server and of a client", async () => {
    const url = await startConfigured({
      dpop: { algorithms: ["PS256"], proofWindowSeconds: 30, nonceStepSeconds: 120 },
      clients: [{ ...client, dpopBoundAccessTokens: true, dpopNonceRequired: true }],
    });

    const response = await fetch(`${url}/partner/v1/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "a",
        client_secret: secret,
      }),
    });

    expect(await readAlgorithms(url)).toEqual(["PS256"]);
    expect(await response.json()).toMatchObject({ error: "invalid_dpop_proof" });
  });

  it("MD-11 switches DPoP off by null", async () => {
    expect(
      await readAlgorithms(await startConfigured({ dpop: null, clients: [client] })),
    ).toBeUndefined();
  });

  it.each([
    [/dpop\.algorithms/, { dpop: { algorithms: ["RS256"] } }],
    [/dpop\.proofWindowSeconds/, { dpop: { proofWindowSeconds: 3600 } }],
    [/dpop\.nonceSecret/, { dpop: { nonceSecret: "short" } }],
    [/dpop/, { dpop: { window: 60 } }],
    [/dpopBoundAccessTokens/, { clients: [{ ...client, dpopBoundAccessTokens: "yes" }] }],
  ])("says in one line what is wrong, such as %s", async (expected, configuration) => {
    const refusal = await refusalOf(configuration);

    expect(refusal).toEqual({ code: 2, lines: [expect.stringMatching(expected)] });
    expect(refusal.lines.join()).not.toContain(secret);
  });
});
