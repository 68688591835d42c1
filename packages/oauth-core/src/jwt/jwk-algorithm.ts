/**
 * Which algorithm a key is for: one, decided by the key alone.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8725#section-3.1 | RFC 8725 section 3.1}
 * @module
 */

import type { SignatureAlgorithm } from "../signature-engine.ts";
import type { PublicJwk } from "../protocol/jwk-set.ts";

/** What a key must be to serve an algorithm. */
interface KeyShape {
  readonly kty: string;
  readonly crv?: string;
}

const rsa: KeyShape = { kty: "RSA" };

const shapes: Readonly<Record<SignatureAlgorithm, KeyShape>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: { kty: "EC", crv: "P-256" },
  ES384: { kty: "EC", crv: "P-384" },
  ES512: { kty: "EC", crv: "P-521" },
  Ed25519: { kty: "OKP", crv: "Ed25519" },
};

/** All algorithms that keys may be bound to. */
export const signatureAlgorithms: readonly SignatureAlgorithm[] = Object.keys(
  shapes,
) as SignatureAlgorithm[];

/**
 * Reads an `alg` name; `undefined` for one that is not spoken, such as `none` and everything symmetric.
 *
 * `EdDSA` is the older name of `Ed25519` (RFC 9864 section 2.2), the only Edwards curve that is spoken here.
 */
export function parseSignatureAlgorithm(name: string): SignatureAlgorithm | undefined {
  if (name === "EdDSA") return "Ed25519";
  return Object.hasOwn(shapes, name) ? (name as SignatureAlgorithm) : undefined;
}

/** Returns the names by which metadata lists algorithms: `EdDSA` is what most still call `Ed25519`. */
export function signatureAlgorithmNames(
  algorithms: readonly SignatureAlgorithm[],
): readonly string[] {
  return algorithms.flatMap((name) => (name === "Ed25519" ? [name, "EdDSA"] : [name]));
}

/**
 * Returns the name by which another side knows an algorithm, of those that its metadata lists: the older `EdDSA` where it
 * is listed alone.
 */
export function signatureAlgorithmName<Algorithm extends SignatureAlgorithm>(
  algorithm: Algorithm,
  listed: readonly string[] | undefined,
): Algorithm | "EdDSA" {
  const isOlder = algorithm === "Ed25519" && listed?.includes("EdDSA") === true;
  return isOlder && !listed.includes("Ed25519") ? "EdDSA" : algorithm;
}

/**
 * Returns the algorithm that a key is bound to.
 *
 * It is the `alg` member, or what the curve implies. `undefined` when the two disagree, when an RSA key does not say
 * (it would fit six algorithms), and when `use` or `key_ops` reserve the key for something else than verification.
 */
export function algorithmOfJwk(jwk: PublicJwk): SignatureAlgorithm | undefined {
  const { alg, kty, crv, use, key_ops: operations } = jwk;
  if (use !== undefined && use !== "sig") return undefined;
  if (operations !== undefined && !operations.includes("verify")) return undefined;
  const algorithm = alg === undefined ? impliedAlgorithm(jwk) : parseSignatureAlgorithm(alg);
  if (algorithm === undefined) return undefined;
  const shape = shapes[algorithm];
  return shape.kty === kty && shape.crv === crv ? algorithm : undefined;
}

function impliedAlgorithm({ kty, crv }: PublicJwk): SignatureAlgorithm | undefined {
  if (crv === undefined) return undefined;
  return signatureAlgorithms.find((name) => shapes[name].kty === kty && shapes[name].crv === crv);
}
