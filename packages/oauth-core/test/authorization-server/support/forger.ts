import type { JsonWebKey } from "node:crypto";
import { createPrivateKey, sign } from "node:crypto";

import type { PrivateJwk } from "@credicorp/oauth-core/protocol";

/** Whoever holds a key of ES256 and signs with it whatever bytes they like. */
export interface Forger {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;

  /** A JWS as it should be, as fresh as its id. */
  readonly good: () => string;

  /** Signs header and payload as they are. */
  readonly sign: (header: string | Buffer, payload: string | Buffer) => string;

  /** Signs good claims under a changed header. */
  readonly withHeader: (changes: object) => string;
}

/** Makes a forger; each JWS gets claims of its own. */
export function createForger(
  jwk: PrivateJwk,
  parts: { readonly header: object; readonly claims: (jti: string) => object },
): Forger {
  const key = createPrivateKey({ key: jwk as JsonWebKey, format: "jwk" });
  let count = 0;
  const header = { ...parts.header };
  const nextClaims = (): object => parts.claims(`forged-${(count += 1)}`);
  const signBytes: Forger["sign"] = (...segments) => {
    const input = segments.map((bytes) => Buffer.from(bytes).toString("base64url")).join(".");
    const signature = sign("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" });
    return `${input}.${signature.toString("base64url")}`;
  };
  const withHeader = (changes: object): string =>
    signBytes(JSON.stringify({ ...header, ...changes }), JSON.stringify(nextClaims()));
  return {
    header,
    get claims() {
      return { ...nextClaims() };
    },
    good: () => withHeader({}),
    sign: signBytes,
    withHeader,
  };
}
