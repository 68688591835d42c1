import { Buffer } from "node:buffer";
import type { JwsDots, JwsTexts, SignedTexts } from "@credicorp/oauth-core";

import { decodeBase64urlInto } from "./decode-base64url.ts";
import { decodeUtf8 } from "./utf8.ts";
import { createViews } from "./views.ts";

const maxKeptLength = 16_384;
const maxViewLength = 4096;

/** Where a token is written, and what it holds is decoded to. */
interface Place {
  readonly token: Buffer;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

// Kept, because new buffers for each token cost as much as their decoding. Nothing waits while they are in use.
const keptPlace = makePlace(maxKeptLength);
const viewInput = createViews(keptPlace.token);
const viewSignature = createViews(keptPlace.signature);
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
  const isKept = length <= maxKeptLength;
  const place = isKept ? keptPlace : makePlace(length);
  // Letters beyond ASCII make more bytes, and none of them is of the alphabet.
  if (place.token.write(token, 0, "utf8") !== length) return undefined;
  const signatureAt = { start: second + 1, end: length };
  const signatureBytes = decodeBase64urlInto(place.signature, place.token, signatureAt);
  if (signatureBytes === undefined || signatureBytes === 0) return undefined;
  const payloadAt = { start: first + 1, end: second };
  const payloadBytes = decodeBase64urlInto(place.payload, place.token, payloadAt);
  const payload = payloadBytes === undefined ? undefined : decodeUtf8(place.payload, payloadBytes);
  if (payload === undefined) return undefined;
  const texts = {
    payload,
    signingInput: token.slice(0, second),
    signature: token.slice(second + 1),
  };
  if (isKept) {
    signatureLength = signatureBytes;
    kept = texts;
  }
  return texts;
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

function makePlace(length: number): Place {
  const allocate = (): Buffer => Buffer.allocUnsafeSlow(length);
  return { token: allocate(), payload: allocate(), signature: allocate() };
}
