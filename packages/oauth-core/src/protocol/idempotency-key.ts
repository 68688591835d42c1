/**
 * The `Idempotency-Key` field: names a request, so that its repetition is recognised.
 *
 * @see {@link https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ | draft-ietf-httpapi-idempotency-key-header}
 * @see {@link https://www.rfc-editor.org/rfc/rfc8941#section-3.3.3 | RFC 8941 section 3.3.3}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";

/** Why an `Idempotency-Key` field is refused. */
export type IdempotencyKeyFailure = ProtocolFailure<"idempotency_key_malformed">;

const pattern = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;

/** Writes a key of printable ASCII as a quoted string. */
export function formatIdempotencyKey(key: string): string {
  return `"${key.replace(/["\\]/g, "\\$&")}"`;
}

/** Reads a field value; the key is not empty. Parameters are refused: none is defined. */
export function parseIdempotencyKey(field: string): Result<string, IdempotencyKeyFailure> {
  const quoted = pattern.exec(field)?.[1];
  if (quoted === undefined) {
    return protocolFailure(
      "idempotency_key_malformed",
      "The Idempotency-Key header is not a quoted string",
      "draft-ietf-httpapi-idempotency-key-header section 2.1",
    );
  }
  return ok(quoted.replace(/\\(.)/g, "$1"));
}

/** Makes the text of a random UUID (RFC 9562 section 5.4) of 16 random bytes. */
export function formatRandomUuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, index) => {
    if (index === 6) return hexOf((byte & 0x0f) | 0x40);
    return hexOf(index === 8 ? (byte & 0x3f) | 0x80 : byte);
  }).join("");
  const [, ...groups] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(hex) ?? [];
  return groups.join("-");
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
