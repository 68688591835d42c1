const range = 2 ** 32;

/**
 * Returns a source of numbers in [0, 1), the same for the same seed on every machine.
 *
 * For throwing dice in tests: whoever sees a few of them can tell the rest. The step is the golden ratio, and the mixing
 * that of SplitMix32.
 */
export function createFractions(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / range;
  };
}

/** Makes a seed from another and a number, so that each rule throws dice of its own. */
export function deriveSeed(seed: number, index: number): number {
  return mix((mix(seed >>> 0) + Math.imul(index, 0x9e3779b9)) >>> 0);
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
