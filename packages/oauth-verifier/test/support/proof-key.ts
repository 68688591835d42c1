import * as crypto from "node:crypto";

/** A client's key; `prove` is `node:crypto` and nothing of ours. */
export interface ProofKey {
  readonly jwk: Readonly<Record<string, unknown>>;

  /** Its RFC 7638 thumbprint, for the `cnf` of tokens. */
  readonly jkt: string;

  /** Makes a proof for a request with a token; the changes go into payload and header. */
  readonly prove: (target: ProofTarget, change?: object, header?: object) => string;
}

/** What a proof is for. */
export interface ProofTarget {
  readonly method?: string;
  readonly url: string;
  readonly token: string;

  /** Seconds since the Unix epoch. @defaultValue this machine's time */
  readonly now?: number;
}

/** Makes a P-256 key. */
export function createProofKey(): ProofKey {
  const made = crypto
    .generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ format: "pem", type: "pkcs8" });
  // A copy: see `issuer.ts`.
  const privateKey = crypto.createPrivateKey(made);
  const { kty, crv, x, y } = crypto.createPublicKey(privateKey).export({ format: "jwk" });
  const jwk = { kty, crv, x, y };
  return {
    jwk,
    jkt: sha256(JSON.stringify({ crv, kty, x, y })),
    prove: ({ method = "GET", url, token, now = Date.now() / 1000 }, change = {}, header = {}) => {
      const payload = {
        jti: crypto.randomUUID(),
        htm: method,
        htu: url,
        iat: Math.floor(now),
        ath: sha256(token),
        ...change,
      };
      const input = [{ typ: "dpop+jwt", alg: "ES256", jwk, ...header }, payload]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .join(".");
      const signature = crypto.sign("sha256", Buffer.from(input), {
        key: privateKey,
        dsaEncoding: "ieee-p1363",
      });
      return `${input}.${signature.toString("base64url")}`;
    },
  };
}

function sha256(text: string): string {
  return crypto.createHash("sha256").update(text).digest("base64url");
}
