import type { JsonWebKey } from "node:crypto";
import { createPrivateKey, generateKeyPair, randomUUID, sign } from "node:crypto";
import { promisify } from "node:util";

/** A key of an issuer, which signs with `node:crypto` alone. */
export interface IssuerKey {
  readonly publicJwk: JsonWebKey;

  /** Makes a token that is good for ten years of any clock. */
  readonly sign: (options: SignOptions) => string;
}

/** Who a token is from and for. */
export interface SignOptions {
  readonly issuer: string;
  readonly audience: string;

  /** Names another key than this one. */
  readonly kid?: string;
}

const lifetimeSeconds = 10 * 365 * 86_400;

/** Makes an RSA key with an id. */
export async function createRsaKey(kid: string): Promise<IssuerKey> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const key = createPrivateKey(privateKey);
  const { kty, n, e } = key.export({ format: "jwk" });
  const issuedAt = Math.floor(Date.now() / 1000);
  return {
    publicJwk: { kty, n, e, kid, alg: "RS256", use: "sig" } as JsonWebKey,
    sign: ({ issuer, audience, kid: namedKid = kid }) => {
      const header = { alg: "RS256", typ: "at+jwt", kid: namedKid };
      const claims = {
        iss: issuer,
        sub: "partner",
        client_id: "partner",
        aud: audience,
        scope: "decisions:read",
        iat: issuedAt,
        exp: issuedAt + lifetimeSeconds,
        jti: randomUUID(),
      };
      const signingInput = `${encode(header)}.${encode(claims)}`;
      return `${signingInput}.${sign("sha256", Buffer.from(signingInput), key).toString("base64url")}`;
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
