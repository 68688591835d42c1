import { createECDH, createPrivateKey } from "node:crypto";

import type { Random, SignatureAlgorithm, SignatureEngine } from "@credicorp/oauth-core";
import type { PrivateJwk } from "@credicorp/oauth-core/protocol";

import { createSeededRandom } from "./seeded-random.ts";

interface Curve {
  readonly crv: string;

  /** As OpenSSL calls it. */
  readonly name: string;
  readonly bytes: number;
}

const curves: Partial<Record<SignatureAlgorithm, Curve>> = {
  ES256: { crv: "P-256", name: "prime256v1", bytes: 32 },
  ES384: { crv: "P-384", name: "secp384r1", bytes: 48 },
  ES512: { crv: "P-521", name: "secp521r1", bytes: 66 },
};

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 section 7). */
const ed25519Prefix = Buffer.from("302e020100300506032b657004220420", "hex");
const ed25519Bytes = 32;

/**
 * Returns an engine whose key pairs come of a seed: test keys, which anybody can make who knows the seed.
 *
 * The n-th key of an algorithm is the same in every run. RSA keys stay random: making one from a seed is beyond what the
 * platform offers. Signatures are the platform's own; of all algorithms Ed25519 alone signs the same text twice alike.
 */
export function createSeededEngine(
  engine: SignatureEngine,
  seed: number,
  use: string,
): SignatureEngine {
  const sources = new Map<SignatureAlgorithm, Random>();
  const sourceOf = (algorithm: SignatureAlgorithm): Random => {
    const source = sources.get(algorithm) ?? createSeededRandom(seed, `${use} ${algorithm}`);
    sources.set(algorithm, source);
    return source;
  };
  return {
    ...engine,
    generateKeyPair: async (algorithm) => {
      const jwk = makeJwk(algorithm, sourceOf(algorithm));
      return jwk === undefined ? engine.generateKeyPair(algorithm) : { ...jwk, alg: algorithm };
    },
  };
}

function makeJwk(algorithm: SignatureAlgorithm, random: Random): PrivateJwk | undefined {
  if (algorithm === "Ed25519") return makeEd25519Jwk(random);
  const curve = curves[algorithm];
  return curve && makeEcJwk(curve, random);
}

function makeEd25519Jwk(random: Random): PrivateJwk {
  const der = Buffer.concat([ed25519Prefix, random.bytes(ed25519Bytes)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return key.export({ format: "jwk" }) as unknown as PrivateJwk;
}

function makeEcJwk({ crv, name, bytes }: Curve, random: Random): PrivateJwk {
  const ecdh = createECDH(name);
  const scalar = Buffer.from(random.bytes(bytes));
  // One bit less than the order has, so that every scalar but zero is a key; P-521 fills one bit of its first byte.
  scalar[0] = (scalar[0] ?? 0) & (crv === "P-521" ? 0x00 : 0x7f);
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  return {
    kty: "EC",
    crv,
    x: point.subarray(1, 1 + bytes).toString("base64url"),
    y: point.subarray(1 + bytes).toString("base64url"),
    d: scalar.toString("base64url"),
  };
}
