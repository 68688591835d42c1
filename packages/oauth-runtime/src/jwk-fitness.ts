import type { Bytes, SignatureAlgorithm } from "@credicorp/oauth-core";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";

import { isRocaModulus, isSmallOrderPoint } from "./weak-keys.ts";

const curves: Partial<Record<SignatureAlgorithm, { crv: string; coordinateBytes: number }>> = {
  ES256: { crv: "P-256", coordinateBytes: 32 },
  ES384: { crv: "P-384", coordinateBytes: 48 },
  ES512: { crv: "P-521", coordinateBytes: 66 },
  Ed25519: { crv: "Ed25519", coordinateBytes: 32 },
};

/**
 * Returns why a JWK may not be used to verify, or `undefined` when it may.
 *
 * A private key that comes as a public one is known to others by now: nothing that it signs proves anything.
 */
export function publicJwkUnfitness(
  jwk: PublicJwk,
  algorithm: SignatureAlgorithm,
  bytes: Bytes,
): string | undefined {
  if (Object.hasOwn(jwk, "d")) return "the key is private";
  return jwkUnfitness(jwk, algorithm, bytes);
}

/**
 * Returns why a JWK may not be used with an algorithm, or `undefined` when it may.
 *
 * RSA: 2048 to 16384 bits and an odd exponent of at least 3 and at most 64 bits (RFC 7518 section 3.3); no even modulus,
 * and none of the weak generator of CVE-2017-15361. Curves: the one that the algorithm names, coordinates of full length
 * (RFC 7518 section 6.2.1.2, RFC 8037 section 2), no Ed25519 point of small order. Whether a point lies on its curve is
 * for the engine to say.
 */
export function jwkUnfitness(
  jwk: PublicJwk,
  algorithm: SignatureAlgorithm,
  { decodeBase64url }: Bytes,
): string | undefined {
  if (
    jwk.alg !== undefined &&
    jwk.alg !== algorithm &&
    !(jwk.alg === "EdDSA" && algorithm === "Ed25519")
  ) {
    return "the key is for another algorithm";
  }
  const curve = curves[algorithm];
  if (curve === undefined) return rsaUnfitness(jwk, decodeBase64url);

  const kty = algorithm === "Ed25519" ? "OKP" : "EC";
  if (jwk.kty !== kty || jwk.crv !== curve.crv)
    return `the key is not a ${kty} key on ${curve.crv}`;
  for (const coordinate of kty === "EC" ? [jwk.x, jwk.y] : [jwk.x]) {
    const decoded = coordinate === undefined ? undefined : decodeBase64url(coordinate);
    if (decoded?.length !== curve.coordinateBytes) return "a coordinate is missing or malformed";
    if (kty === "OKP" && isSmallOrderPoint(decoded)) return "the key is a point of small order";
  }
  return undefined;
}

function rsaUnfitness(jwk: PublicJwk, decode: Bytes["decodeBase64url"]): string | undefined {
  if (jwk.kty !== "RSA") return "the key is not an RSA key";
  const modulus = decode(jwk.n ?? "");
  const exponent = decode(jwk.e ?? "");
  if (!modulus?.length || !exponent?.length) return "the modulus or the exponent is malformed";
  if (modulus[0] === 0 || exponent[0] === 0) return "the modulus or the exponent has leading zeros";
  const bits = modulus.length * 8 - Math.clz32((modulus[0] ?? 0) << 24);
  if (bits < 2048) return "the modulus is shorter than 2048 bits";
  if (bits > 16_384) return "the modulus is longer than 16384 bits";
  const last = exponent.at(-1) ?? 0;
  if (last % 2 === 0 || (exponent.length === 1 && last < 3))
    return "the exponent is even or less than 3";
  // A larger one makes each check as slow as a signature.
  if (exponent.length > 8) return "the exponent is longer than 64 bits";
  if ((modulus.at(-1) ?? 0) % 2 === 0) return "the modulus is even";
  if (isRocaModulus(modulus)) return "the modulus is of a weak generator (CVE-2017-15361)";
  return undefined;
}
