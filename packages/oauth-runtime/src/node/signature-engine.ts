import type { JsonWebKey, KeyObject, SignKeyObjectInput, VerifyKeyObjectInput } from "node:crypto";
import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  sign,
  verify,
} from "node:crypto";
import { promisify } from "node:util";

import type {
  MaybePromise,
  SignatureAlgorithm,
  SignatureEngine,
  SignedTexts,
  VerificationKey,
} from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";

import { jwkUnfitness, publicJwkUnfitness } from "../jwk-fitness.ts";
import { fitsModulus, modulusOf } from "../rsa-signatures.ts";
import { bytes } from "./bytes.ts";
import { verifyTexts } from "./verify-texts.ts";

/** A key and all that `sign` and `verify` want to know with it, made once. */
interface Handle {
  readonly hash: string | null;
  readonly input: SignKeyObjectInput & VerifyKeyObjectInput;

  /** Of RSA. */
  readonly modulus: Uint8Array | undefined;
  readonly isSlow: boolean;
}

/** Signatures by `node:crypto`: verifies at once unless many ask whose checks are slow, signs on the thread pool. */
export const signatureEngine: SignatureEngine = {
  importVerificationKey: (jwk, algorithm) => {
    const reason = publicJwkUnfitness(jwk, algorithm, bytes);
    if (reason !== undefined) return failed(reason);
    try {
      const key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
      const modulus = modulusOf(jwk, algorithm, bytes);
      return ok({ algorithm, handle: makeHandle(key, algorithm, modulus) });
    } catch {
      return failed("the platform refuses the key");
    }
  },

  verify: Object.assign(verifyBytes, { ofTexts: verifyOfTexts }),

  importSigningKey: (jwk, algorithm) => {
    const reason = jwkUnfitness(jwk, algorithm, bytes);
    if (reason !== undefined) return failed(reason);
    try {
      const key = createPrivateKey({ key: jwk as JsonWebKey, format: "jwk" });
      const modulus = modulusOf(jwk, algorithm, bytes);
      return ok({ algorithm, handle: makeHandle(key, algorithm, modulus) });
    } catch {
      return failed("the platform refuses the key");
    }
  },

  sign: (key, signingInput) => {
    const { hash, input } = key.handle as Handle;
    return new Promise((resolve, reject) => {
      sign(hash, signingInput, input, (error, signature) => {
        if (error === null) resolve(signature);
        else reject(error);
      });
    });
  },

  generateKeyPair: async (algorithm) => {
    const { privateKey } = await makeKeyPair(algorithm);
    return { ...privateKey.export({ format: "jwk" }), alg: algorithm } as unknown as PrivateJwk;
  },
};

function verifyBytes(
  key: VerificationKey,
  signingInput: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { hash, input, modulus } = key.handle as Handle;
  return (
    (modulus === undefined || fitsModulus(signature, modulus)) &&
    verify(hash, signingInput, input, signature)
  );
}

function verifyOfTexts(
  key: VerificationKey,
  texts: SignedTexts,
  mayWait: boolean,
): MaybePromise<boolean> {
  const handle = key.handle as Handle;
  const { modulus } = handle;
  const length = Math.floor((texts.signature.length * 3) / 4);
  return (
    (modulus === undefined || length === modulus.length) && verifyTexts(handle, texts, mayWait)
  );
}

function makeHandle(
  key: KeyObject,
  algorithm: SignatureAlgorithm,
  modulus: Uint8Array | undefined,
): Handle {
  const isSlow = isSlowKey(algorithm, modulus);
  if (algorithm === "Ed25519") return { hash: null, input: { key }, modulus, isSlow };
  const hash = `sha${algorithm.slice(2)}`;
  return { hash, input: { key, ...inputOptions(algorithm) }, modulus, isSlow };
}

function inputOptions(algorithm: SignatureAlgorithm): Omit<VerifyKeyObjectInput, "key"> {
  if (algorithm.startsWith("ES")) return { dsaEncoding: "ieee-p1363" };
  if (algorithm.startsWith("RS")) return { padding: constants.RSA_PKCS1_PADDING };
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

/** A check with these takes 0.3 ms and more; with all others, RSA up to 4096 bits among them, 0.1 ms and less. */
function isSlowKey(algorithm: SignatureAlgorithm, modulus: Uint8Array | undefined): boolean {
  return algorithm === "ES384" || algorithm === "ES512" || (modulus?.length ?? 0) > 512;
}

const generate = promisify(generateKeyPair);
const namedCurves: Partial<Record<SignatureAlgorithm, string>> = {
  ES256: "P-256",
  ES384: "P-384",
  ES512: "P-521",
};

async function makeKeyPair(algorithm: SignatureAlgorithm): Promise<{ privateKey: KeyObject }> {
  if (algorithm === "Ed25519") return generate("ed25519");
  const namedCurve = namedCurves[algorithm];
  if (namedCurve !== undefined) return generate("ec", { namedCurve });
  return generate("rsa", { modulusLength: 2048 });
}
