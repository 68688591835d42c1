import type { CryptoKey, JWK } from "jose";
import { exportJWK, generateKeyPair, importJWK } from "jose";

import type { Result, SignatureAlgorithm, SignatureEngine } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { PrivateJwk, PublicJwk } from "@credicorp/oauth-core/protocol";

import { jwkUnfitness, publicJwkUnfitness } from "../jwk-fitness.ts";
import { bytes } from "./bytes.ts";

type BoundKey = { readonly algorithm: SignatureAlgorithm; readonly handle: unknown };

/** Signatures by WebCrypto, keys by jose: always in a promise. */
export const signatureEngine: SignatureEngine = {
  importVerificationKey: async (jwk, algorithm) => {
    const reason = publicJwkUnfitness(jwk, algorithm, bytes);
    return reason === undefined ? importFitKey(jwk, algorithm) : failed(reason);
  },
  importSigningKey: async (jwk, algorithm) => {
    if (typeof jwk.d !== "string") return failed("the key is not a private key");
    const reason = jwkUnfitness(jwk, algorithm, bytes);
    return reason === undefined ? importFitKey(jwk, algorithm) : failed(reason);
  },
  verify: async (key, signingInput, signature) => {
    const handle = key.handle as CryptoKey;
    const { modulusLength } = handle.algorithm as { readonly modulusLength?: number };
    // A shorter one is one without its zeros, which OpenSSL takes, and RFC 8017 section 8.1.2 does not.
    if (modulusLength !== undefined && signature.length !== Math.ceil(modulusLength / 8)) {
      return false;
    }
    return crypto.subtle.verify(
      parameters(key.algorithm),
      handle,
      new Uint8Array(signature),
      new Uint8Array(signingInput),
    );
  },
  sign: async (key, signingInput) =>
    new Uint8Array(
      await crypto.subtle.sign(
        parameters(key.algorithm),
        key.handle as CryptoKey,
        new Uint8Array(signingInput),
      ),
    ),
  generateKeyPair: async (algorithm) => {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    return { ...(await exportJWK(privateKey)), alg: algorithm } as PrivateJwk;
  },
};

async function importFitKey(
  jwk: PublicJwk,
  algorithm: SignatureAlgorithm,
): Promise<Result<BoundKey, string>> {
  // jose would honour these over the algorithm that the key is bound to.
  const { alg: _alg, use: _use, key_ops: _operations, ...material } = jwk;
  try {
    return ok({ algorithm, handle: await importJWK(material as JWK, algorithm) });
  } catch {
    return failed("the platform refuses the key");
  }
}

function parameters(algorithm: SignatureAlgorithm): {
  name: string;
  hash?: string;
  saltLength?: number;
} {
  const bits = Number(algorithm.slice(2));
  if (algorithm === "Ed25519") return { name: "Ed25519" };
  if (algorithm.startsWith("ES")) return { name: "ECDSA", hash: `SHA-${bits}` };
  if (algorithm.startsWith("PS")) return { name: "RSA-PSS", saltLength: bits / 8 };
  return { name: "RSASSA-PKCS1-v1_5" };
}
