import type { SignatureAlgorithm, SignatureEngine, SigningKey } from "@credicorp/oauth-core";

/** Keys that nobody publishes, one of each algorithm. */
export interface Strangers {
  readonly signingKey: (algorithm: SignatureAlgorithm) => Promise<SigningKey>;
}

/** Makes strangers' keys, each when it is first needed. */
export function createStrangers(engine: SignatureEngine): Strangers {
  const keys = new Map<SignatureAlgorithm, Promise<SigningKey>>();
  const make = async (algorithm: SignatureAlgorithm): Promise<SigningKey> => {
    const key = await engine.importSigningKey(await engine.generateKeyPair(algorithm), algorithm);
    if (key.ok) return key.value;
    throw new Error(`A key that was just made cannot sign: ${key.failure}`);
  };
  return {
    signingKey: (algorithm) => {
      const known = keys.get(algorithm) ?? make(algorithm);
      keys.set(algorithm, known);
      // Whoever asks next shall not be told of a failure that is over.
      known.catch(() => keys.get(algorithm) === known && keys.delete(algorithm));
      return known;
    },
  };
}
