import { createHash } from "node:crypto";

import type { IntrospectionOptions } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { setUpIntrospection } from "../support/introspecting-issuer.ts";
import { createProofKey } from "../support/proof-key.ts";
import { describeOutcome } from "../support/set-up.ts";

const ways: readonly {
  readonly name: string;
  readonly introspection: Partial<IntrospectionOptions>;
}[] = [
  { name: "in place of the keys", introspection: {} },
  { name: "after the keys", introspection: { tokenFormat: "jwt" } },
  { name: "for a named scope", introspection: { scopes: ["decisions:read"] } },
];

describe.each(ways)("a bound token that is introspected $name", ({ introspection }) => {
  it("ATK-48 lets nobody in but with the certificate that it is bound to, each time anew", async () => {
    const { issuer, verifier } = await setUpIntrospection(introspection);
    const certificate = Buffer.from("the client's certificate");
    const thumbprint = createHash("sha256").update(certificate).digest("base64url");
    const token = issuer.issue({ cnf: { "x5t#S256": thumbprint } });
    const verify = async (shown?: string): Promise<string> => {
      const outcome = await verifier.verifyRequest({
        method: "GET",
        url: "/",
        headers: [["Authorization", `Bearer ${token}`]],
        clientCertificate: () => (shown === undefined ? undefined : Buffer.from(shown)),
      });
      return describeOutcome(outcome);
    };

    expect(await verify("the client's certificate")).toBe("ok");
    expect(await verify("a thief's certificate")).toBe("rejected: certificate_mismatch");
    expect(await verify()).toBe("rejected: certificate_missing");
    expect(describeOutcome(await verifier.verifyToken(token))).toBe("rejected: confirmation");
    expect(await verify("the client's certificate")).toBe("ok");
  });

  it("ATK-47 ATK-48 lets nobody in but with a new proof of the key that it is bound to", async () => {
    const origin = "https://api.example";
    const { issuer, verifier } = await setUpIntrospection(introspection, {
      dpop: { origin },
      ports: {},
    });
    const [owner, thief] = [createProofKey(), createProofKey()];
    const token = issuer.issue({ cnf: { jkt: owner.jkt } }, { token_type: "DPoP" });
    const send = async (scheme: string, proof: string): Promise<string> => {
      const headers = [
        ["Authorization", `${scheme} ${token}`],
        ["DPoP", proof],
      ] as const;
      return describeOutcome(await verifier.verifyRequest({ method: "GET", url: "/a", headers }));
    };
    const proof = owner.prove({ url: `${origin}/a`, token });

    expect(await send("DPoP", proof)).toBe("ok");
    expect(await send("DPoP", proof)).toMatch(/^rejected: dpop_/);
    expect(await send("DPoP", thief.prove({ url: `${origin}/a`, token }))).toMatch(/^rejected: /);
    const another = owner.prove({ url: `${origin}/a`, token });
    expect(await send("Bearer", another)).toBe("rejected: confirmation");
    expect(await send("DPoP", another)).toBe("ok");
  });
});
