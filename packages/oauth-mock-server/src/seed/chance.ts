import type { Random, SignatureEngine } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import { random, signatureEngine } from "@credicorp/oauth-runtime";

import { createSeededEngine } from "./seeded-keys.ts";
import { createSeededRandom } from "./seeded-random.ts";

/** What a sandbox draws, and what it makes keys with. */
export interface Chance {
  readonly random: Random;
  readonly signatureEngine: SignatureEngine;
}

/** What chance decides: the last two outlive a reset, the others begin with it. */
export type ChanceUse =
  | "server"
  | "nonces"
  | "clients"
  | "faults"
  | "tokens"
  | "configured clients"
  | "configured keys";

/** Gives each use a source of its own, so that what one draws is no matter of the others. */
export type ChanceFor = (use: ChanceUse) => Chance;

const lastSeed = 2 ** 32 - 1;

/**
 * Makes the chance of run after run: real randomness, or with a seed what only looks like it, and is the same each time.
 *
 * @throws {@link ConfigurationError} for a seed that is not a whole number from 0 to 2³² − 1
 */
export function createChance(seed: number | undefined): () => ChanceFor {
  if (seed === undefined) return () => () => ({ random, signatureEngine });
  if (!Number.isInteger(seed) || seed < 0 || seed > lastSeed) {
    throw new ConfigurationError("seed", `seed must be a whole number from 0 to ${lastSeed}`);
  }
  return () => {
    const sources = new Map<ChanceUse, Chance>();
    return (use) => {
      const source = sources.get(use) ?? {
        random: createSeededRandom(seed, use),
        signatureEngine: createSeededEngine(signatureEngine, seed, use),
      };
      sources.set(use, source);
      return source;
    };
  };
}
