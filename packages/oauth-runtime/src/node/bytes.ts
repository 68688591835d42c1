import { Buffer, isUtf8 } from "node:buffer";

import type { Bytes } from "@credicorp/oauth-core";

import { hasZeroTailBits } from "../base64url.ts";

// Kept, because a new buffer for each token costs as much as its decoding. Nothing waits while it is in use.
const scratch = Buffer.allocUnsafeSlow(16_384);

/** Conversions by Node's `Buffer`. */
export const bytes: Bytes = {
  encodeBase64url: (data) => view(data).toString("base64url"),
  decodeBase64url: (text) => {
    const data = Buffer.from(text, "base64url");
    // The decoder is lenient; encoding again is exact, and faster than a look at each character.
    return data.toString("base64url") === text ? data : undefined;
  },
  encodeUtf8: (text) => Buffer.from(text, "utf8"),
  decodeUtf8,
  decodeBase64urlUtf8: (text) => {
    if (text.length > scratch.length) {
      const data = bytes.decodeBase64url(text);
      return data && decodeUtf8(data);
    }
    const length = decodeToScratch(text);
    if (length === undefined) return undefined;
    const decoded = scratch.toString("utf8", 0, length);
    // Node writes U+FFFD for what is not UTF-8; where there is none, nothing was wrong.
    return decoded.includes("\ufffd") ? decodeUtf8(scratch.subarray(0, length)) : decoded;
  },
  isBase64url: (text) =>
    text.length > scratch.length
      ? bytes.decodeBase64url(text) !== undefined
      : decodeToScratch(text) !== undefined,
};

/**
 * Decodes into the kept buffer, and returns how many bytes that makes; `undefined` for what is not canonical.
 *
 * The decoder skips what it does not know, but for the two letters of plain base64, and takes a letter beyond U+00FF for
 * one of its alphabet: where there are none of these, as many bytes as the length asks for are those of that text alone.
 */
function decodeToScratch(text: string): number | undefined {
  const { length } = text;
  const tail = length % 4;
  if (tail === 1 || Buffer.byteLength(text) !== length) return undefined;
  if (text.includes("+") || text.includes("/")) return undefined;
  if (tail !== 0 && !hasZeroTailBits(text)) return undefined;
  const written = scratch.write(text, 0, "base64url");
  return written === Math.floor((length * 3) / 4) ? written : undefined;
}

function decodeUtf8(data: Uint8Array): string | undefined {
  return isUtf8(data) ? view(data).toString("utf8") : undefined;
}

function view(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
