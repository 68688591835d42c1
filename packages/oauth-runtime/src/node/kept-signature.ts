import { Buffer } from "node:buffer";

import { decodeBase64urlInto } from "./decode-base64url.ts";
import { createViews } from "./views.ts";

/** Signatures up to this length, in letters, are kept: longer ones are of no key that is in use. */
export const maxKeptSignatureLength = 1024;

const kept = Buffer.allocUnsafeSlow(maxKeptSignatureLength);
const view = createViews(kept);
let keptText = "";
let bytes: Buffer | undefined;

/**
 * Decodes a signature of up to 1024 letters; `undefined` for what is not canonical base64url.
 *
 * A token's signature is looked at when the token is taken apart, and again when it is verified, with nothing between as
 * a rule. So the last one is kept: the bytes are good until the next call.
 */
export function decodeSignature(text: string): Buffer | undefined {
  if (text === keptText && bytes !== undefined) return bytes;
  keptText = text;
  const written = kept.write(text, 0, "utf8");
  // Letters beyond ASCII make more bytes, none of them of the alphabet.
  const length =
    written === text.length
      ? decodeBase64urlInto(kept, kept, { start: 0, end: written })
      : undefined;
  bytes = length === undefined ? undefined : view(length);
  return bytes;
}
