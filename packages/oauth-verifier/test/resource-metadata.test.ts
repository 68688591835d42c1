import type { AnyVerifierOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

const identifier = "https://api.example";
const issuer = { issuer: "https://hub.example", audience: identifier };
const dpop = { origin: "https://api.example", algorithms: ["ES256"] } as const;

function describeResource(options: Partial<AnyVerifierOptions<string, undefined>>) {
  return createVerifier({
    ...issuer,
    resource: { identifier },
    ...options,
  }).resourceMetadata();
}

describe("resourceMetadata", () => {
  it("RMD-02 says no more than what the options do", () => {
    expect(describeResource({})).toEqual({
      resource: identifier,
      authorizationServers: ["https://hub.example"],
      bearerMethodsSupported: ["header"],
    });
  });

  it("RMD-02 names every issuer whose tokens are for the resource, and no other", () => {
    const issuers = [
      issuer,
      { issuer: "https://one.example", audience: ["urn:x", identifier] },
      { issuer: "https://two.example", audience: "urn:other" },
      { issuer: "https://three.example", audience: null },
    ];
    const verifier = createVerifier({ issuers, resource: { identifier } });

    expect(verifier.resourceMetadata()?.authorizationServers).toEqual([
      "https://hub.example",
      "https://one.example",
      "https://three.example",
    ]);
    expect(() =>
      createVerifier({ issuers: [issuers[2] ?? issuer], resource: { identifier } }),
    ).toThrow(expect.objectContaining({ option: "resource.identifier" }));
  });

  it("RMD-02 tells how proofs are signed, and whether every token needs one", () => {
    expect(describeResource({ dpop })).toMatchObject({
      bearerMethodsSupported: ["header"],
      dpopSigningAlgValuesSupported: ["ES256"],
    });
    expect(describeResource({ dpop })).not.toHaveProperty("dpopBoundAccessTokensRequired", true);
    expect(describeResource({ dpop, requireBoundTokens: true })).toMatchObject({
      bearerMethodsSupported: [],
      dpopSigningAlgValuesSupported: ["ES256"],
      dpopBoundAccessTokensRequired: true,
    });
  });

  it("RMD-02 names Ed25519 by its older name, too, which proofs may use", () => {
    expect(describeResource({ dpop: { origin: dpop.origin } })).toMatchObject({
      dpopSigningAlgValuesSupported: ["ES256", "PS256", "Ed25519", "EdDSA"],
    });
  });

  it("RMD-02 tells of certificates where clients are asked for them", () => {
    const resource = { identifier, clientCertificates: true };

    expect(describeResource({ resource })).toMatchObject({
      bearerMethodsSupported: ["header"],
      tlsClientCertificateBoundAccessTokens: true,
    });
    // A token that is bound to a certificate goes as a bearer token does, and needs no DPoP.
    const both = describeResource({ resource, dpop, requireBoundTokens: true });
    expect(both).toMatchObject({ bearerMethodsSupported: ["header"] });
    expect(both).not.toHaveProperty("dpopBoundAccessTokensRequired", true);
  });

  it("cannot be changed by those who read it", () => {
    const metadata = describeResource({ scopes: ["a"], dpop });
    const lists = Object.values(metadata ?? {}).filter((value) => Array.isArray(value));

    expect(Object.isFrozen(metadata)).toBe(true);
    expect(lists).toHaveLength(4);
    expect(lists.every((list) => Object.isFrozen(list))).toBe(true);
  });
});
