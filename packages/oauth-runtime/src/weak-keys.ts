/**
 * Public keys that are well formed and protect nothing.
 *
 * @module
 */

// The odd primes up to 167 divide what the moduli of the generator are built on.
const primes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
  103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

const residues: readonly ReadonlySet<number>[] = primes.map(powersOf65537);

/**
 * Tells whether an RSA modulus, in big-endian bytes, is of the generator that made keys which can be factored (ROCA,
 * CVE-2017-15361): modulo each small prime it is a power of 65537.
 *
 * About one sound modulus in 200 million looks so too, and is refused with them.
 */
export function isRocaModulus(modulus: Uint8Array): boolean {
  return primes.every((prime, index) => residues[index]?.has(remainder(modulus, prime)));
}

// The y coordinates of the eight points whose order divides 8, and the spellings beyond the prime of two of them.
const smallOrderPoints: readonly string[] = [
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
];

/**
 * Tells whether an Ed25519 key of 32 bytes is a point of small order, for which anybody makes signatures.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3 | RFC 8032 section 5.1.3}
 */
export function isSmallOrderPoint(point: Uint8Array): boolean {
  // The highest bit is the sign of x: it makes no difference here.
  const bytes = [...point.subarray(0, 31), (point[31] ?? 0) & 0x7f];
  return smallOrderPoints.includes(
    bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  );
}

function powersOf65537(prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) powers.add(power);
  return powers;
}

function remainder(bigEndian: Uint8Array, divisor: number): number {
  let rest = 0;
  for (const byte of bigEndian) rest = (rest * 256 + byte) % divisor;
  return rest;
}
