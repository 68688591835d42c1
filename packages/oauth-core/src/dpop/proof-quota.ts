import type { Clock } from "../ports.ts";

/** Counts the proofs of each key that have to be remembered. */
export interface ProofQuota {
  /** Counts one more, which is remembered until `forgetAt` (epoch seconds, whole); `false`: the key has too many. */
  readonly take: (thumbprint: string, forgetAt: number) => boolean;

  /** Counts one less: it was not remembered after all. */
  readonly release: (thumbprint: string, forgetAt: number) => void;

  /** How many keys are known. */
  readonly size: () => number;
}

interface KeyUse {
  total: number;
  readonly countByForgetAt: Map<number, number>;
  tidiedAt: number;
}

const minSweepSize = 1024;

/**
 * Makes a quota: no key can have more than `maxProofsPerKey` proofs remembered, so that a flood of one is refused before
 * it takes what others need. Exact: a proof counts for as long as it is remembered, and replays do not count.
 */
export function createProofQuota(
  { maxProofsPerKey }: { readonly maxProofsPerKey: number },
  clock: Pick<Clock, "now">,
): ProofQuota {
  const uses = new Map<string, KeyUse>();
  let sweepAtSize = minSweepSize;

  const tidy = (use: KeyUse, now: number): void => {
    use.tidiedAt = now;
    for (const [forgetAt, count] of use.countByForgetAt) {
      if (forgetAt > now) continue;
      use.countByForgetAt.delete(forgetAt);
      use.total -= count;
    }
  };
  const sweep = (now: number): void => {
    for (const [thumbprint, use] of uses) {
      tidy(use, now);
      if (use.total === 0) uses.delete(thumbprint);
    }
    sweepAtSize = Math.max(minSweepSize, uses.size * 2);
  };
  const useOf = (thumbprint: string, now: number): KeyUse => {
    const known = uses.get(thumbprint);
    if (known !== undefined) return known;
    if (uses.size >= sweepAtSize) sweep(now);
    const use = { total: 0, countByForgetAt: new Map<number, number>(), tidiedAt: now };
    uses.set(thumbprint, use);
    return use;
  };

  return {
    take: (thumbprint, forgetAt) => {
      const now = Math.floor(clock.now());
      const use = useOf(thumbprint, now);
      // Nothing ends within a second.
      if (use.tidiedAt !== now) tidy(use, now);
      if (use.total >= maxProofsPerKey) return false;
      use.total += 1;
      use.countByForgetAt.set(forgetAt, (use.countByForgetAt.get(forgetAt) ?? 0) + 1);
      return true;
    },
    release: (thumbprint, forgetAt) => {
      const use = uses.get(thumbprint);
      const count = use?.countByForgetAt.get(forgetAt);
      if (use === undefined || count === undefined) return;
      use.total -= 1;
      if (count === 1) use.countByForgetAt.delete(forgetAt);
      else use.countByForgetAt.set(forgetAt, count - 1);
    },
    size: () => uses.size,
  };
}
