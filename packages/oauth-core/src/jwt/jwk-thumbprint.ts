/**
 * The name that a key gives itself: the digest of its required members.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7638#section-3 | RFC 7638 section 3}
 * @module
 */

import type { Bytes, Digest, MaybePromise } from "../ports.ts";
import type { PublicJwk } from "../protocol/jwk-set.ts";

// In the order of their Unicode code points, as section 3.3 asks.
const members: Readonly<Record<string, readonly (keyof PublicJwk)[]>> = {
  EC: ["crv", "kty", "x", "y"],
  OKP: ["crv", "kty", "x"],
  RSA: ["e", "kty", "n"],
};

/** Returns the SHA-256 thumbprint in base64url. @throws TypeError when the key type is unknown or a member is missing. */
export function jwkThumbprint(
  jwk: PublicJwk,
  ports: { readonly digest: Pick<Digest, "sha256">; readonly bytes: Bytes },
): MaybePromise<string> {
  const { digest, bytes } = ports;
  const input = jwkThumbprintInput(jwk);
  if (input === undefined) {
    throw new TypeError("The key has no thumbprint: its type is unknown or a member is missing");
  }
  const hash = digest.sha256(bytes.encodeUtf8(input));
  return hash instanceof Promise
    ? hash.then((value) => bytes.encodeBase64url(value))
    : bytes.encodeBase64url(hash);
}

/**
 * Returns the text that a thumbprint is the digest of: keys with the same text, and no others, have the same thumbprint.
 *
 * `undefined` when the key type is unknown or a member is missing.
 */
export function jwkThumbprintInput(jwk: PublicJwk): string | undefined {
  const names = Object.hasOwn(members, jwk.kty) ? members[jwk.kty] : undefined;
  if (names === undefined || names.some((name) => typeof jwk[name] !== "string")) return undefined;
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, jwk[name]])));
}
