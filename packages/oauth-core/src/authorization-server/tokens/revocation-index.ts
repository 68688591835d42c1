import type { Clock, RevocationFeed } from "../../ports.ts";
import type { RevocableToken } from "../../revocation/revocation-set.ts";
import { createRevocationSet } from "../../revocation/revocation-set.ts";

/** Answers whether a token has been revoked. */
export interface RevocationIndex {
  /** Reads the news of the feed first, so that a revocation counts at once on every node. */
  readonly isRevoked: (token: RevocableToken) => Promise<boolean>;
}

/** Makes an index over a feed. */
export function createRevocationIndex(
  feed: Pick<RevocationFeed, "poll">,
  clock: Pick<Clock, "now">,
): RevocationIndex {
  const known = createRevocationSet(clock);
  let cursor: string | undefined;
  return {
    isRevoked: async (token) => {
      // Concurrent polls may read the same news twice: applying them again changes nothing.
      const news = await feed.poll(cursor);
      news.revocations.forEach(known.add);
      cursor = news.cursor;
      return known.isRevoked(token);
    },
  };
}
