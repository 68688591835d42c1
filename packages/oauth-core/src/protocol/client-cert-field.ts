/**
 * The `Client-Cert` field, by which a proxy that ends TLS tells which certificate the client showed it.
 *
 * Whoever sends it can write what he likes: it says something only when it comes from a proxy that is known, and that
 * removes it from what clients send.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9440#section-2.2 | RFC 9440 section 2.2}
 * @module
 */

import type { Bytes } from "../ports.ts";

/** Writes the DER bytes of a certificate as a byte sequence (RFC 9651 section 3.3.5). */
export function formatClientCertField(der: Uint8Array, bytes: Bytes): string {
  return `:${formatBase64(der, bytes)}:`;
}

/** Reads a byte sequence without parameters; `undefined` when the value is anything else, or empty. */
export function parseClientCertField(value: string, bytes: Bytes): Uint8Array | undefined {
  const base64 = /^[ \t]*:([^:]+):[ \t]*$/.exec(value)?.[1];
  return base64 === undefined ? undefined : parseBase64(base64, bytes);
}

/** Reads canonical base64 with its padding (RFC 4648 section 4); `undefined` for anything else, or nothing. */
export function parseBase64(text: string, bytes: Bytes): Uint8Array | undefined {
  const [, digits] = /^([A-Za-z0-9+/]+)={0,2}$/.exec(text) ?? [];
  if (digits === undefined || text.length % 4 !== 0) return undefined;
  return bytes.decodeBase64url(digits.replaceAll("+", "-").replaceAll("/", "_"));
}

function formatBase64(data: Uint8Array, bytes: Bytes): string {
  const digits = bytes.encodeBase64url(data).replaceAll("-", "+").replaceAll("_", "/");
  return digits.padEnd(Math.ceil(digits.length / 4) * 4, "=");
}
