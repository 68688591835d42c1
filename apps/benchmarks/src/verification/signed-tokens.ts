import type { JsonWebKey, KeyObject, KeyPairKeyObjectResult } from "node:crypto";
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
} from "node:crypto";

/** Who signs the tokens, and for whom. */
export const tokenContext = {
  issuer: "https://issuer.example",
  audience: "https://issuer.example/partner/v1",
} as const;

/** The algorithms that are measured. */
export type MeasuredAlgorithm = "ES256" | "Ed25519" | "RS256";

/** Signs access tokens (RFC 9068) with `node:crypto` alone, as a foreign authorization server would. */
export interface TokenSigner {
  readonly algorithm: MeasuredAlgorithm;

  /** As tokens and keys name the algorithm: `EdDSA` is what all verifiers know `Ed25519` by. */
  readonly alg: string;
  readonly publicKey: KeyObject;
  readonly publicJwk: JsonWebKey;

  /** Makes tokens that differ from each other and from all earlier ones. */
  readonly makeTokens: (count: number) => readonly string[];
}

/** Creates a signer with a new key. */
export function createTokenSigner(algorithm: MeasuredAlgorithm): TokenSigner {
  const { privateKey, publicKey } = makeKeyPair(algorithm);
  const kid = `benchmark-${algorithm}`;
  const alg = algorithm === "Ed25519" ? "EdDSA" : algorithm;
  const encodedHeader = encode({ alg, typ: "at+jwt", kid });

  const makeToken = (): string => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: tokenContext.issuer,
      sub: "benchmark-client",
      client_id: "benchmark-client",
      aud: tokenContext.audience,
      scope: "applications:write decisions:read",
      iat: now,
      exp: now + 900,
      jti: randomUUID(),
    };
    const signingInput = `${encodedHeader}.${encode(claims)}`;
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
    const hash = algorithm === "Ed25519" ? null : "sha256";
    return `${signingInput}.${sign(hash, Buffer.from(signingInput), key).toString("base64url")}`;
  };

  return {
    algorithm,
    alg,
    publicKey,
    publicJwk: { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" },
    makeTokens: (count) => Array.from({ length: count }, makeToken),
  };
}

function makeKeyPair(algorithm: MeasuredAlgorithm): {
  privateKey: KeyObject;
  publicKey: KeyObject;
} {
  const made = generateWithJob(algorithm);
  // A copy: Node 20 deadlocks when it exports a key as a JWK while it collects the job that made it.
  const privateKey = createPrivateKey(made.privateKey.export({ format: "pem", type: "pkcs8" }));
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function generateWithJob(algorithm: MeasuredAlgorithm): KeyPairKeyObjectResult {
  if (algorithm === "Ed25519") return generateKeyPairSync("ed25519");
  return algorithm === "ES256"
    ? generateKeyPairSync("ec", { namedCurve: "P-256" })
    : generateKeyPairSync("rsa", { modulusLength: 2048 });
}

/**
 * Makes a new string of the same characters, as each request brings one: a constant has its hash ready, and is compared
 * with itself by its address.
 */
export function asReceived(token: string | Buffer): string {
  return (typeof token === "string" ? Buffer.from(token) : token).toString("latin1");
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
