import {
  algorithmOfJwk,
  jwkThumbprint,
  parseSignatureAlgorithm,
  signatureAlgorithmName,
  signatureAlgorithms,
} from "@credicorp/oauth-core/jwt";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";
import { describe, expect, it } from "vitest";

import { bytes, digest } from "../support/node-ports.ts";

it.each([
  ["Ed25519", ["EdDSA"], "EdDSA"],
  ["Ed25519", ["EdDSA", "Ed25519"], "Ed25519"],
  ["Ed25519", ["ES256"], "Ed25519"],
  ["Ed25519", undefined, "Ed25519"],
  ["ES256", ["EdDSA"], "ES256"],
] as const)("calls %s what a side that lists %j calls it", (algorithm, listed, name) => {
  expect(signatureAlgorithmName(algorithm, listed)).toBe(name);
});

describe("algorithmOfJwk", () => {
  it.each<[string, PublicJwk, string]>([
    ["an RSA key", { kty: "RSA", alg: "RS256" }, "RS256"],
    ["an RSA key for PSS", { kty: "RSA", alg: "PS512" }, "PS512"],
    ["an EC key", { kty: "EC", crv: "P-256", alg: "ES256" }, "ES256"],
    ["an EC key by its curve", { kty: "EC", crv: "P-384" }, "ES384"],
    ["an EC key by its curve", { kty: "EC", crv: "P-521", use: "sig" }, "ES512"],
    ["an Ed25519 key by its curve", { kty: "OKP", crv: "Ed25519" }, "Ed25519"],
    ["an Ed25519 key by its older name", { kty: "OKP", crv: "Ed25519", alg: "EdDSA" }, "Ed25519"],
    ["a key that may only verify", { kty: "EC", crv: "P-256", key_ops: ["verify"] }, "ES256"],
  ])("binds %s: %j to %s", (_name, jwk, algorithm) => {
    expect(algorithmOfJwk(jwk)).toBe(algorithm);
  });

  it.each<[string, PublicJwk]>([
    ["ATK-03 an RSA key that does not say", { kty: "RSA" }],
    ["ATK-02 an RSA key for HMAC", { kty: "RSA", alg: "HS256" }],
    ["ATK-01 a key for none", { kty: "RSA", alg: "none" }],
    ["ATK-05 an RSA key for ECDSA", { kty: "RSA", alg: "ES256" }],
    ["ATK-05 an EC key for RSA", { kty: "EC", crv: "P-256", alg: "RS256" }],
    ["ATK-05 a P-384 key for ES256", { kty: "EC", crv: "P-384", alg: "ES256" }],
    ["ATK-05 an OKP key on a curve of EC", { kty: "OKP", crv: "P-256", alg: "ES256" }],
    ["ATK-05 an RSA key on a curve", { kty: "RSA", crv: "P-256", alg: "RS256" }],
    ["ATK-05 an Ed448 key for EdDSA", { kty: "OKP", crv: "Ed448", alg: "EdDSA" }],
    ["ATK-05 an X25519 key", { kty: "OKP", crv: "X25519" }],
    ["ATK-05 a key for encryption", { kty: "RSA", alg: "RS256", use: "enc" }],
    ["ATK-05 a key for encryption by alg", { kty: "RSA", alg: "RSA-OAEP" }],
    ["ATK-05 a key that may not verify", { kty: "EC", crv: "P-256", key_ops: ["sign"] }],
    ["ATK-05 a symmetric key", { kty: "oct", alg: "HS256" }],
    ["a name of the prototype", { kty: "RSA", alg: "constructor" }],
    ["the case of alg", { kty: "RSA", alg: "rs256" }],
    ["secp256k1", { kty: "EC", crv: "secp256k1" }],
  ])("%s is refused", (_name, jwk) => {
    expect(algorithmOfJwk(jwk)).toBeUndefined();
  });
});

describe("parseSignatureAlgorithm", () => {
  it("ATK-01 ATK-02 knows asymmetric algorithms alone", () => {
    const refused = [
      "none",
      "None",
      "NONE",
      "nOnE",
      "",
      " none",
      "HS256",
      "HS512",
      "RS1",
      "ES256K",
      "dir",
      "toString",
    ];

    expect(signatureAlgorithms.every((name) => parseSignatureAlgorithm(name) === name)).toBe(true);
    expect(refused.filter((name) => parseSignatureAlgorithm(name) !== undefined)).toEqual([]);
  });
});

describe("jwkThumbprint", () => {
  it("JWK-02 gives the thumbprint of RFC 7638 section 3.1", async () => {
    const jwk: PublicJwk = {
      kty: "RSA",
      n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
      e: "AQAB",
      alg: "RS256",
      kid: "2011-04-29",
    };

    expect(await jwkThumbprint(jwk, { digest, bytes })).toBe(
      "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    );
  });

  it("JWK-02 gives the thumbprint of RFC 8037 appendix A.3, from a digest that answers later too", async () => {
    const jwk: PublicJwk = {
      kty: "OKP",
      crv: "Ed25519",
      x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    };
    const later = { sha256: async (data: Uint8Array) => digest.sha256(data) };

    expect(await jwkThumbprint(jwk, { digest, bytes })).toBe(
      "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    );
    expect(await jwkThumbprint(jwk, { digest: later, bytes })).toBe(
      "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    );
  });

  it("has none for unknown key types and missing members", () => {
    expect(() => jwkThumbprint({ kty: "oct" }, { digest, bytes })).toThrow(TypeError);
    expect(() => jwkThumbprint({ kty: "constructor" }, { digest, bytes })).toThrow(TypeError);
    expect(() => jwkThumbprint({ kty: "EC", crv: "P-256", x: "AA" }, { digest, bytes })).toThrow(
      TypeError,
    );
  });
});
