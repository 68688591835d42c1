import type { Bytes, Random } from "../ports.ts";

// 128 bits: nobody guesses one, and no two are the same (RFC 6749 section 10.10).
const identifierBytes = 16;
const identifiersPerDraw = 256;

/**
 * Makes a source of identifiers for requests and tokens, 22 characters of base64url each.
 *
 * Randomness is drawn for many at once: a call to the platform costs more than all the rest of a request. Each byte is
 * used once.
 */
export function createIdentifierSource(ports: {
  readonly random: Pick<Random, "bytes">;
  readonly bytes: Bytes;
}): () => string {
  let drawn: Uint8Array = new Uint8Array(0);
  let position = 0;
  return () => {
    if (position === drawn.length) {
      drawn = ports.random.bytes(identifierBytes * identifiersPerDraw);
      position = 0;
    }
    const identifier = drawn.subarray(position, position + identifierBytes);
    position += identifierBytes;
    return ports.bytes.encodeBase64url(identifier);
  };
}
