import type { SignatureAlgorithm, SignatureEngine, VerificationKey } from "../signature-engine.ts";
import { algorithmOfJwk } from "../jwt/jwk-algorithm.ts";
import { jwkThumbprintInput } from "../jwt/jwk-thumbprint.ts";
import type { PublicJwk } from "../protocol/jwk-set.ts";

/** A key of an issuer, ready to verify with. */
export interface KeySetKey {
  readonly kid: string | undefined;
  readonly key: VerificationKey;

  /** What the thumbprint of the key is made of; a key without it is taken for no other key. */
  readonly thumbprintInput?: string | undefined;
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
 * Each is bound to its one algorithm here. Of keys with the same id and algorithm the first counts. A key that is among
 * the `known` ones, by its thumbprint and its algorithm, is not imported again but stays the same object: whoever holds
 * what was verified with it can tell that it is still there.
 */
export async function importKeys(
  jwks: readonly PublicJwk[],
  context: {
    readonly algorithms: readonly SignatureAlgorithm[];
    readonly signatureEngine: Pick<SignatureEngine, "importVerificationKey">;
    readonly known?: readonly KeySetKey[];
  },
): Promise<readonly KeySetKey[]> {
  const { algorithms, signatureEngine, known = [] } = context;
  const keys: KeySetKey[] = [];
  for (const jwk of jwks) {
    const algorithm = algorithmOfJwk(jwk);
    if (algorithm === undefined || !algorithms.includes(algorithm)) continue;
    const isKnown = keys.some(({ kid, key }) => kid === jwk.kid && key.algorithm === algorithm);
    if (isKnown && jwk.kid !== undefined) continue;
    const thumbprintInput = jwkThumbprintInput(jwk);
    let key = findSame(known, { algorithm, thumbprintInput });
    if (key === undefined) {
      // One after the other: a set is small, and order decides between keys of the same id.
      const imported = await signatureEngine.importVerificationKey(jwk, algorithm);
      if (!imported.ok) continue;
      key = imported.value;
    }
    keys.push({ kid: jwk.kid, key, thumbprintInput });
  }
  return keys;
}

function findSame(
  known: readonly KeySetKey[],
  wanted: { readonly algorithm: SignatureAlgorithm; readonly thumbprintInput: string | undefined },
): VerificationKey | undefined {
  const { algorithm, thumbprintInput } = wanted;
  if (thumbprintInput === undefined) return undefined;
  return known.find(
    (other) => other.thumbprintInput === thumbprintInput && other.key.algorithm === algorithm,
  )?.key;
}
