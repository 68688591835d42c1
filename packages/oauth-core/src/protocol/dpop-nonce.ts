/**
 * The `DPoP-Nonce` field: what the next proof must repeat.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-8.1 | RFC 9449 section 8.1}
 * @module
 */

// 1*NQCHAR. The bound is ours: it travels in a header field, inside of a proof.
const nonce = /^[\x21\x23-\x5b\x5d-\x7e]{1,1024}$/;

/** Reads the field value; `undefined` when it is absent or none that a proof could repeat. */
export function parseDpopNonce(value: string | null | undefined): string | undefined {
  return typeof value === "string" && nonce.test(value) ? value : undefined;
}
