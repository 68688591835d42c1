import { Buffer } from "node:buffer";
import type { JwsDots, JwsTexts, SignedTexts } from "@credicorp/oauth-core";

import { decodeBase64urlInto } from "./decode-base64url.ts";
import { decodeUtf8 } from "./utf8.ts";
import { createViews } from "./views.ts";

const maxTokenLength = 16_384;
const maxViewLength = 4096;

// Kept, because new buffers for each token cost as much as their decoding. Nothing waits while they are in use.
const written = Buffer.allocUnsafeSlow(maxTokenLength);
const payload = Buffer.allocUnsafeSlow(maxTokenLength);
const signature = Buffer.allocUnsafeSlow(maxTokenLength);
const viewInput = createViews(written);
const viewSignature = createViews(signature);
let kept: JwsTexts | undefined;
let signatureLength = 0;

/**
 * Takes a token apart, of which all is decoded in one go: crossing over to native code for each segment costs more than
 * the segment. `undefined` for what is malformed.
 *
 * Its bytes are kept until the next call: a token is verified right after it was taken apart, as a rule.
 */
export function readJws(token: string, { first, second }: JwsDots): JwsTexts | undefined {
  kept = undefined;
  const { length } = token;
  // Letters beyond ASCII make more bytes, and none of them is of the alphabet.
  if (length > maxTokenLength || written.write(token, 0, "utf8") !== length) return undefined;
  const decoded = decodeBase64urlInto(signature, written, { start: second + 1, end: length });
  if (decoded === undefined || decoded === 0) return undefined;
  const end = decodeBase64urlInto(payload, written, { start: first + 1, end: second });
  const text = end === undefined ? undefined : decodeUtf8(payload, end);
  if (text === undefined) return undefined;
  signatureLength = decoded;
  kept = {
    payload: text,
    signingInput: token.slice(0, second),
    signature: token.slice(second + 1),
  };
  return kept;
}

/** Returns the bytes of these texts when they are those of the last token that was read, good until the next one. */
export function keptBytes(texts: SignedTexts): KeptBytes | undefined {
  if (kept?.signature !== texts.signature || kept.signingInput !== texts.signingInput) {
    return undefined;
  }
  const { length } = kept.signingInput;
  if (length > maxViewLength || signatureLength > maxViewLength) return undefined;
  return { signingInput: viewInput(length), signature: viewSignature(signatureLength) };
}

/** Views of what is kept. */
export interface KeptBytes {
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}
