import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it, onTestFinished } from "vitest";

import { audience, startForeignIssuer } from "./foreign-issuer.ts";

/** Starts an issuer made of jose, and our verifier, which knows its name and the audience. */
async function setUp(algorithm = "ES256") {
  const { issuer, sign } = await startForeignIssuer(algorithm);
  const verifier = createVerifier({ issuer, audience });
  onTestFinished(() => verifier.close());
  return { issuer, sign, verify: verifier.verifyToken };
}

describe("the verifier, with keys and tokens made by jose", () => {
  it.each(["ES256", "RS256", "PS256", "Ed25519"])(
    "RS-06 accepts a token signed with %s",
    async (algorithm) => {
      const { sign, verify } = await setUp(algorithm);

      const outcome = await verify(await sign());

      expect(outcome).toMatchObject({
        kind: "ok",
        principal: { clientId: "foreign-client", scope: ["decisions:read"] },
      });
    },
  );

  it.each([
    { what: "another type", changes: { header: { typ: "JWT" } } },
    { what: "an unknown key", changes: { header: { kid: "foreign-2" } } },
    { what: "another issuer", changes: { claims: { iss: "https://other.example.com" } } },
    { what: "another audience", changes: { claims: { aud: "https://other.example.com" } } },
    { what: "an end in the past", changes: { claims: { exp: 1_700_000_000 } } },
    { what: "a start in the future", changes: { claims: { nbf: 9_999_999_999 } } },
    { what: "no subject", changes: { claims: { sub: undefined } } },
  ])("RS-06 refuses a token with $what", async ({ changes }) => {
    const { sign, verify } = await setUp();

    const outcome = await verify(await sign(changes));

    expect(outcome).toMatchObject({ kind: "rejected", error: "invalid_token" });
  });

  it("RS-06 refuses a token that another key signed under the same key id", async () => {
    const { issuer, verify } = await setUp();
    const stranger = await startForeignIssuer("ES256");

    const outcome = await verify(await stranger.sign({ claims: { iss: issuer } }));

    expect(outcome).toMatchObject({ kind: "rejected", detail: { code: "signature" } });
  });
});
