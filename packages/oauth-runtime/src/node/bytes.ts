import { Buffer, isUtf8 } from "node:buffer";

import type { Bytes } from "@credicorp/oauth-core";

import { isCanonicalBase64url } from "../base64url.ts";

/** Conversions by Node's `Buffer`. */
export const bytes: Bytes = {
  encodeBase64url: (data) => view(data).toString("base64url"),
  decodeBase64url: (text) =>
    isCanonicalBase64url(text) ? Buffer.from(text, "base64url") : undefined,
  encodeUtf8: (text) => Buffer.from(text, "utf8"),
  decodeUtf8: (data) => (isUtf8(data) ? view(data).toString("utf8") : undefined),
};

function view(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
