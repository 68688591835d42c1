import type { Clock, Revocation, RevocationFeed } from "../../ports.ts";

const minSweepSize = 1024;

/**
 * Makes a revocation feed for one process.
 *
 * The cursor is a sequence number. A revoked token is forgotten once it has expired; of a client the latest
 * revocation is kept, and keys are kept for ever.
 */
export function createMemoryRevocationFeed(clock: Pick<Clock, "now">): RevocationFeed {
  const entries = new Map<string, { readonly sequence: number; readonly revocation: Revocation }>();
  const listeners = new Set<(revocation: Revocation) => void>();
  let sequence = 0;
  let sweepAtSize = minSweepSize;

  const sweep = (): void => {
    const now = clock.now();
    for (const [key, { revocation }] of entries) {
      if (revocation.kind === "token" && revocation.expiresAt <= now) entries.delete(key);
    }
    sweepAtSize = Math.max(minSweepSize, entries.size * 2);
  };

  return {
    append: (revocation) => {
      const key = keyOf(revocation);
      const previous = entries.get(key);
      const merged = previous === undefined ? revocation : later(previous.revocation, revocation);
      // Deleted first, so that the map stays in the order of the sequence.
      entries.delete(key);
      sequence += 1;
      entries.set(key, { sequence, revocation: merged });
      if (entries.size >= sweepAtSize) sweep();
      for (const listener of listeners) listener(merged);
    },
    poll: (cursor) => {
      const seen = cursor === undefined ? 0 : Number(cursor);
      if (seen === sequence) return { cursor: String(sequence), revocations: [] };
      const news = [...entries.values()].filter((entry) => entry.sequence > seen);
      return { cursor: String(sequence), revocations: news.map(({ revocation }) => revocation) };
    },
    subscribe: (listener) => {
      // Wrapped, so that one function may subscribe twice.
      const own = (revocation: Revocation): void => listener(revocation);
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}

function keyOf(revocation: Revocation): string {
  switch (revocation.kind) {
    case "token":
      return `token ${revocation.jti}`;
    case "client":
      return `client ${revocation.clientId}`;
    case "key":
      return `key ${revocation.kid}`;
  }
}

function later(left: Revocation, right: Revocation): Revocation {
  if (left.kind === "client" && right.kind === "client") {
    return left.notBefore > right.notBefore ? left : right;
  }
  if (left.kind === "token" && right.kind === "token") {
    return left.expiresAt > right.expiresAt ? left : right;
  }
  return right;
}
