import type { CryptoKey, JWK } from "jose";
import { exportJWK, generateKeyPair, importJWK } from "jose";

import type { Result, SignatureAlgorithm, SignatureEngine } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { PrivateJwk, PublicJwk } from "@credicorp/oauth-core/protocol";

import { jwkUnfitness, publicJwkUnfitness } from "../jwk-fitness.ts";
import { fitsModulus, modulusOf } from "../rsa-signatures.ts";
import { bytes } from "./bytes.ts";
import { isOnCurve } from "./curve-points.ts";

/** A key and what the platform does not check with it. */
interface Handle {
  readonly key: CryptoKey;

  /** Of RSA. */
  readonly modulus: Uint8Array | undefined;
}

type BoundKey = { readonly algorithm: SignatureAlgorithm; readonly handle: Handle };

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
    const handle = key.handle as Handle;
    if (!fitsKey(signature, key.algorithm, handle)) return false;
    return crypto.subtle.verify(
      parameters(key.algorithm),
      handle.key,
      new Uint8Array(signature),
      new Uint8Array(signingInput),
    );
  },
  sign: async (key, signingInput) =>
    new Uint8Array(
      await crypto.subtle.sign(
        parameters(key.algorithm),
        (key.handle as Handle).key,
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
  if (!isPointOnCurve(jwk)) return failed("the point is not on the curve");
  // jose would honour these over the algorithm that the key is bound to.
  const { alg: _alg, use: _use, key_ops: _operations, ...material } = jwk;
  const modulus = modulusOf(jwk, algorithm, bytes);
  try {
    const key = (await importJWK(material as JWK, algorithm)) as CryptoKey;
    return ok({ algorithm, handle: { key, modulus } });
  } catch {
    return failed("the platform refuses the key");
  }
}

// Each a pair of numbers of full length. workerd throws for Ed25519 signatures that are not.
const signatureBytes: Partial<Record<SignatureAlgorithm, number>> = {
  ES256: 64,
  ES384: 96,
  ES512: 132,
  Ed25519: 64,
};

function fitsKey(
  signature: Uint8Array,
  algorithm: SignatureAlgorithm,
  { modulus }: Handle,
): boolean {
  return modulus === undefined
    ? signature.length === signatureBytes[algorithm]
    : fitsModulus(signature, modulus);
}

/** Ed25519 keys are points whose `y` is not written: the platform finds it, or fails. */
function isPointOnCurve({ kty, crv = "", x = "", y = "" }: PublicJwk): boolean {
  const [across, up] = [bytes.decodeBase64url(x), bytes.decodeBase64url(y)];
  return kty !== "EC" || (!!across && !!up && isOnCurve(crv, across, up));
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
