import type { ClientRegistration } from "@credicorp/oauth-core/authorization-server";
import { registerClient } from "@credicorp/oauth-core/authorization-server";
import { describe, expect, it } from "vitest";

import { bytes, createTestKey, digest, signatureEngine } from "../support/node-ports.ts";

const key = createTestKey("key-1", "ES256");
const { alg: _alg, ...rsaWithoutAlg } = createTestKey("key-2", "PS256").jwk;

async function register(keys: readonly object[], members: Partial<ClientRegistration> = {}) {
  const registration = {
    id: "signer",
    tokenEndpointAuthMethod: "private_key_jwt",
    jwks: { keys },
    ...members,
  } as ClientRegistration;
  return registerClient(registration, { bytes, digest, signatureEngine });
}

describe("registered keys", () => {
  it("are kept with their public members only", async () => {
    const { jwks } = await register([{ ...key.jwk, x5u: "https://a.example", note: "x" }]);

    expect(jwks).toEqual({ keys: [key.jwk] });
  });

  it.each([
    { name: "private", jwk: { ...key.jwk, d: "AAAA" } },
    { name: "symmetric", jwk: { kty: "oct", k: "AAAA", alg: "HS256" } },
    { name: "no object", jwk: "key" as unknown as object },
    { name: "for RS256", jwk: { ...rsaWithoutAlg, alg: "RS256" } },
    { name: "for PS512", jwk: { ...rsaWithoutAlg, alg: "PS512" } },
    { name: "RSA without alg", jwk: rsaWithoutAlg },
    { name: "for ES384", jwk: createTestKey("key-3", "ES384").jwk },
    { name: "for encryption", jwk: { ...key.jwk, use: "enc" } },
    { name: "of another curve than its alg", jwk: { ...key.jwk, alg: "Ed25519" } },
    { name: "off its curve", jwk: { ...key.jwk, y: key.jwk.x } },
  ])("JWT-06 ATK-05 are refused when one is $name", async ({ jwk }) => {
    await expect(register([key.jwk, jwk])).rejects.toMatchObject({
      code: "ERR_OAUTH_CONFIG",
      option: 'clients["signer"].jwks.keys[1]',
    });
  });

  it("JWT-06 are refused when the engine finds one too weak, and it is not repeated", async () => {
    const engine = {
      importVerificationKey: () => ({ ok: false, failure: "the modulus is too short" }) as const,
    };
    const registration = {
      id: "signer",
      tokenEndpointAuthMethod: "private_key_jwt",
      jwks: { keys: [{ ...rsaWithoutAlg, alg: "PS256" }] },
    } as const;

    const refused = registerClient(registration, { bytes, digest, signatureEngine: engine });

    await expect(refused).rejects.toThrow(
      /jwks\.keys\[0\] cannot be used: the modulus is too short/,
    );
    await expect(refused).rejects.not.toThrow(String(rsaWithoutAlg.n));
  });

  it("have a kid each, or none", async () => {
    const [{ kid: _one, ...first }, { kid: _two, ...second }] = [
      key.jwk,
      createTestKey("key-4", "ES256").jwk,
    ];

    expect((await register([first, second])).jwks?.keys).toHaveLength(2);
    await expect(register([key.jwk, { ...second, kid: key.jwk.kid }])).rejects.toThrow(/kid/);
  });

  it("are at least one for private_key_jwt, and sixteen at most", async () => {
    await expect(register([])).rejects.toThrow(/needs a public key/);
    await expect(register([], { jwks: undefined })).rejects.toThrow(/needs a public key/);
    await expect(register(Array.from({ length: 17 }, () => key.jwk))).rejects.toThrow(/16/);
  });
});
