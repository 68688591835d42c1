import type { Revocation, RevocationFeed } from "@credicorp/oauth-core";

/** A feed that goes on when the state behind it is replaced. */
export interface RevocationRelay extends Pick<RevocationFeed, "poll" | "subscribe"> {
  /** Passes on what this feed says from now on, and nothing of the one before. */
  readonly follow: (feed: RevocationFeed) => void;
}

/**
 * Makes a relay that follows a feed.
 *
 * A cursor of an earlier feed begins the present one anew. Whoever followed keeps what he has heard: revocations cannot
 * be taken back.
 */
export function createRevocationRelay(first: RevocationFeed): RevocationRelay {
  const listeners = new Set<(revocation: Revocation) => void>();
  const tell = (revocation: Revocation): void => {
    for (const listener of listeners) listener(revocation);
  };
  let feed = first;
  let generation = 0;
  let unsubscribe = feed.subscribe(tell);

  return {
    follow: (next) => {
      unsubscribe();
      feed = next;
      generation += 1;
      unsubscribe = feed.subscribe(tell);
    },
    poll: async (cursor) => {
      const prefix = `${generation}.`;
      const own = cursor?.startsWith(prefix) ? cursor.slice(prefix.length) : undefined;
      const news = await feed.poll(own);
      return { ...news, cursor: prefix + news.cursor };
    },
    subscribe: (listener) => {
      const own = (revocation: Revocation): void => listener(revocation);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
