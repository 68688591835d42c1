import type { SignatureAlgorithm, SignatureEngine, VerificationKey } from "../ports.ts";
import { algorithmOfJwk } from "../jwt/jwk-algorithm.ts";
import type { PublicJwk } from "../protocol/jwk-set.ts";

/** A key of an issuer, ready to verify with. */
export interface KeySetKey {
  readonly kid: string | undefined;
  readonly key: VerificationKey;
}

/** Which key a token asks for. */
export interface KeyQuery {
  readonly kid: string | undefined;
  readonly algorithm: SignatureAlgorithm;
}

/**
 * Returns the key of that id and algorithm.
 *
 * A token without a `kid` gets a key only where the issuer has one for the algorithm: nothing is tried out.
 */
export function findKey(keys: readonly KeySetKey[], query: KeyQuery): VerificationKey | undefined {
  const { kid, algorithm } = query;
  let found: VerificationKey | undefined;
  for (const entry of keys) {
    if (entry.key.algorithm !== algorithm) continue;
    if (kid !== undefined) {
      if (entry.kid === kid) return entry.key;
    } else {
      if (found !== undefined) return undefined;
      found = entry.key;
    }
  }
  return found;
}

/**
 * Imports the keys that are fit to verify; the others are left out, so that one bad key does not spoil the set.
 *
 * Each is bound to its one algorithm here. Of keys with the same id and algorithm the first counts.
 */
export async function importKeys(
  jwks: readonly PublicJwk[],
  context: {
    readonly algorithms: readonly SignatureAlgorithm[];
    readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey">;
  },
): Promise<readonly KeySetKey[]> {
  const { algorithms, signatureEngine } = context;
  const keys: KeySetKey[] = [];
  for (const jwk of jwks) {
    const algorithm = algorithmOfJwk(jwk);
    if (algorithm === undefined || !algorithms.includes(algorithm)) continue;
    const isKnown = keys.some(({ kid, key }) => kid === jwk.kid && key.algorithm === algorithm);
    if (isKnown && jwk.kid !== undefined) continue;
    // One after the other: a set is small, and order decides between keys of the same id.
    const imported = await signatureEngine.importVerificationKey(jwk, algorithm);
    if (imported.ok) keys.push({ kid: jwk.kid, key: imported.value });
  }
  return keys;
}
