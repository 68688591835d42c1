import * as crypto from "node:crypto";

import type { Bytes, Digest, SignatureAlgorithm, SignatureEngine } from "@credicorp/oauth-core";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";

/** Ports on `node:crypto`, written apart from the runtime package: core is tested against another implementation. */
export const bytes: Bytes = {
  encodeBase64url: (data) => Buffer.from(data).toString("base64url"),
  decodeBase64url: (text) => {
    const decoded = Buffer.from(text, "base64url");
    return decoded.toString("base64url") === text ? new Uint8Array(decoded) : undefined;
  },
  encodeUtf8: (text) => new TextEncoder().encode(text),
  decodeUtf8: (data) => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
    } catch {
      return undefined;
    }
  },
};

export const digest: Digest = {
  sha256: (data) => crypto.createHash("sha256").update(data).digest(),
  isEqual: (left, right) => left.length === right.length && crypto.timingSafeEqual(left, right),
};

export const signatureEngine: SignatureEngine = {
  importVerificationKey: (jwk, algorithm) => {
    try {
      const handle = crypto.createPublicKey({ key: jwk as crypto.JsonWebKey, format: "jwk" });
      return { ok: true, value: { algorithm, handle } };
    } catch {
      return { ok: false, failure: "the key is malformed" };
    }
  },
  verify: ({ algorithm, handle }, signingInput, signature) =>
    crypto.verify(hashOf(algorithm), signingInput, options(algorithm, handle), signature),
  importSigningKey: (jwk, algorithm) => ({
    ok: true,
    value: {
      algorithm,
      handle: crypto.createPrivateKey({ key: jwk as crypto.JsonWebKey, format: "jwk" }),
    },
  }),
  sign: ({ algorithm, handle }, signingInput) =>
    crypto.sign(hashOf(algorithm), signingInput, options(algorithm, handle)),
  generateKeyPair: () => Promise.reject(new Error("tests make their keys with createTestKey")),
};

/** An issuer's key, and how it signs what it is given: headers and payloads are taken as they are. */
export interface TestKey {
  readonly algorithm: SignatureAlgorithm;
  readonly jwk: PublicJwk;
  readonly signText: (header: string, payload: string) => string;
  readonly sign: (payload: object, header?: object) => string;
}

/** Makes a key pair with `node:crypto`; `kid` also names it in the headers that it signs. */
export function createTestKey(kid: string, algorithm: SignatureAlgorithm = "Ed25519"): TestKey {
  const { publicKey, privateKey } = generate(algorithm);
  const signText = (header: string, payload: string): string => {
    const input = `${Buffer.from(header).toString("base64url")}.${Buffer.from(payload).toString("base64url")}`;
    const signature = crypto.sign(
      hashOf(algorithm),
      Buffer.from(input),
      options(algorithm, privateKey),
    );
    return `${input}.${signature.toString("base64url")}`;
  };
  return {
    algorithm,
    jwk: { ...(publicKey.export({ format: "jwk" }) as PublicJwk), kid, alg: algorithm, use: "sig" },
    signText,
    sign: (payload, header = {}) =>
      signText(
        JSON.stringify({ alg: algorithm, typ: "at+jwt", kid, ...header }),
        JSON.stringify(payload),
      ),
  };
}

function generate(algorithm: SignatureAlgorithm): crypto.KeyPairKeyObjectResult {
  // Node 20 deadlocks when it exports a key as a JWK while it collects the synchronous job that made the key: both hold
  // its lock. A copy has a lock of its own.
  const made = generateWithJob(algorithm).privateKey.export({ format: "pem", type: "pkcs8" });
  const privateKey = crypto.createPrivateKey(made);
  return { privateKey, publicKey: crypto.createPublicKey(privateKey) };
}

function generateWithJob(algorithm: SignatureAlgorithm): crypto.KeyPairKeyObjectResult {
  const family = algorithm.slice(0, 2);
  if (family === "Ed") return crypto.generateKeyPairSync("ed25519");
  if (family !== "ES") return crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
  const namedCurve = { ES256: "P-256", ES384: "P-384", ES512: "P-521" }[algorithm as "ES256"];
  return crypto.generateKeyPairSync("ec", { namedCurve });
}

function hashOf(algorithm: SignatureAlgorithm): string | null {
  return algorithm === "Ed25519" ? null : `sha${algorithm.slice(2)}`;
}

function options(
  algorithm: SignatureAlgorithm,
  handle: unknown,
): crypto.SignKeyObjectInput & crypto.VerifyKeyObjectInput {
  const key = handle as crypto.KeyObject;
  if (algorithm.startsWith("ES")) return { key, dsaEncoding: "ieee-p1363" };
  if (!algorithm.startsWith("PS")) return { key };
  return {
    key,
    padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
    saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST,
  };
}
