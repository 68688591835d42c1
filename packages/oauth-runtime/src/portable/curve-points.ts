/** A curve y² = x³ − 3x + b modulo a prime. */
interface Curve {
  readonly prime: bigint;
  readonly b: bigint;
}

const curves: Readonly<Record<string, Curve>> = {
  "P-256": {
    prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  "P-384": {
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  "P-521": {
    prime: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
};

/**
 * Tells whether a point, in big-endian bytes, lies on the curve that a JWK names.
 *
 * WebCrypto says that the import fails for one that does not. Deno's import takes it, and its verification then throws.
 *
 * @see {@link https://doi.org/10.6028/NIST.SP.800-186 | NIST SP 800-186 section 3.2.1}
 */
export function isOnCurve(name: string, x: Uint8Array, y: Uint8Array): boolean {
  const curve = curves[name];
  if (curve === undefined) return false;
  const { prime, b } = curve;
  const [across, up] = [toInteger(x), toInteger(y)];
  if (across >= prime || up >= prime) return false;
  return (up * up - (across * across - 3n) * across - b) % prime === 0n;
}

function toInteger(bigEndian: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bigEndian) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}
