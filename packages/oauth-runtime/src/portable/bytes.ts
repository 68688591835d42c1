import type { Bytes } from "@credicorp/oauth-core";

import { isCanonicalBase64url } from "../base64url.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Conversions by what every runtime has. */
export const bytes: Bytes = {
  encodeBase64url: (data) => {
    let binary = "";
    for (const byte of data) binary += String.fromCharCode(byte);
    return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  },
  decodeBase64url: (text) => {
    if (!isCanonicalBase64url(text)) return undefined;
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const data = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index++) data[index] = binary.charCodeAt(index);
    return data;
  },
  encodeUtf8: (text) => encoder.encode(text),
  decodeUtf8: (data) => {
    try {
      return decoder.decode(data);
    } catch {
      return undefined;
    }
  },
};
