import type { Bytes, SignatureAlgorithm } from "@credicorp/oauth-core";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";

/** Returns the modulus of a fit key, in big-endian bytes; `undefined` for algorithms that are not RSA. */
export function modulusOf(
  { n = "" }: PublicJwk,
  algorithm: SignatureAlgorithm,
  bytes: Bytes,
): Uint8Array | undefined {
  return /^[RP]S/.test(algorithm) ? bytes.decodeBase64url(n) : undefined;
}

/**
 * Tells whether a signature is the one spelling of an RSA signature: as long as the modulus, and a smaller number.
 *
 * OpenSSL takes a shorter one, without its zeros. Deno's PS256 takes a larger number, which stands for the same one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8017#section-8.1.2 | RFC 8017 sections 8.1.2 and 5.2.2}
 */
export function fitsModulus(signature: Uint8Array, modulus: Uint8Array): boolean {
  if (signature.length !== modulus.length) return false;
  for (let index = 0; index < modulus.length; index += 1) {
    const difference = (signature[index] ?? 0) - (modulus[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
