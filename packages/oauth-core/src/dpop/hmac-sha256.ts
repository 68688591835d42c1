import type { Digest } from "../ports.ts";

const blockBytes = 64;
const innerPad = 0x36;
const outerPad = 0x5c;

/**
 * Computes HMAC-SHA-256 from the digest port, which has no keys.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc2104#section-2 | RFC 2104 section 2}
 */
export async function hmacSha256(
  key: Uint8Array,
  message: Uint8Array,
  { sha256 }: Pick<Digest, "sha256">,
): Promise<Uint8Array> {
  const block = new Uint8Array(blockBytes);
  block.set(key.length > blockBytes ? await sha256(key) : key);
  const keyed = (pad: number, data: Uint8Array): Uint8Array => {
    const input = new Uint8Array(blockBytes + data.length);
    input.set(block.map((byte) => byte ^ pad));
    input.set(data, blockBytes);
    return input;
  };
  return sha256(keyed(outerPad, await sha256(keyed(innerPad, message))));
}
