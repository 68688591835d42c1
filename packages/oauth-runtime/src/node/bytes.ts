import { Buffer } from "node:buffer";

import type { Bytes } from "@credicorp/oauth-core";

import { decodeBase64urlInto } from "./decode-base64url.ts";
import { readJws } from "./kept-jws.ts";
import { decodeSignature, maxKeptSignatureLength } from "./kept-signature.ts";
import { decodeUtf8 } from "./utf8.ts";

// Kept, because a new buffer for each text costs as much as its decoding. Nothing waits while it is in use.
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
  decodeUtf8: (data) => decodeUtf8(view(data), data.length),
  decodeBase64urlUtf8: (text) => {
    if (text.length > scratch.length) {
      const data = bytes.decodeBase64url(text);
      return data && bytes.decodeUtf8(data);
    }
    // Letters beyond ASCII make more bytes, none of them of the alphabet.
    const written = scratch.write(text, 0, "utf8");
    if (written !== text.length) return undefined;
    const length = decodeBase64urlInto(scratch, scratch, { start: 0, end: written });
    return length === undefined ? undefined : decodeUtf8(scratch, length);
  },
  isBase64url: (text) =>
    text.length > maxKeptSignatureLength
      ? bytes.decodeBase64url(text) !== undefined
      : decodeSignature(text) !== undefined,
  readJws,
};

function view(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
