import { Buffer, isUtf8 } from "node:buffer";

import type { Bytes } from "@credicorp/oauth-core";

import { decodeBase64urlInPlace } from "./decode-base64url.ts";
import { decodeSignature, maxKeptSignatureLength } from "./kept-signature.ts";

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
    // Letters beyond ASCII make more bytes, none of them of the alphabet.
    const written = scratch.write(text, 0, "utf8");
    const length = written === text.length ? decodeBase64urlInPlace(scratch, written) : undefined;
    if (length === undefined) return undefined;
    const decoded = scratch.toString("utf8", 0, length);
    // Node writes U+FFFD for what is not UTF-8; where there is none, nothing was wrong.
    return decoded.includes("\ufffd") ? decodeUtf8(scratch.subarray(0, length)) : decoded;
  },
  isBase64url: (text) =>
    text.length > maxKeptSignatureLength
      ? bytes.decodeBase64url(text) !== undefined
      : decodeSignature(text) !== undefined,
};

function decodeUtf8(data: Uint8Array): string | undefined {
  return isUtf8(data) ? view(data).toString("utf8") : undefined;
}

function view(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
