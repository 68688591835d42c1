import { createHash } from "node:crypto";

import type { Random } from "@credicorp/oauth-core";

const digestBytes = 32;
const fractionBytes = 4;

/**
 * Returns randomness that is none: the same seed and use give the same bytes, in every process and on every machine.
 *
 * For runs that can be repeated. Whoever knows the seed knows every identifier and every key that comes of it.
 */
export function createSeededRandom(seed: number, use: string): Random {
  let blocks = 0;
  const nextBlock = (): Uint8Array => {
    blocks += 1;
    return createHash("sha256").update(`sandbox seed ${seed} ${use} ${blocks}`).digest();
  };
  const bytes = (length: number): Uint8Array => {
    const drawn = new Uint8Array(length);
    for (let start = 0; start < length; start += digestBytes) {
      drawn.set(nextBlock().subarray(0, length - start), start);
    }
    return drawn;
  };
  return {
    bytes,
    fraction: () => Buffer.from(bytes(fractionBytes)).readUInt32BE() / 2 ** 32,
  };
}
