import type { Revocation, RevocationFeed } from "@credicorp/oauth-core";
import { createMemoryRevocationFeed } from "@credicorp/oauth-core/authorization-server";
import type { ControlledClock } from "@credicorp/oauth-core/testing";

/** How a feed answers polls. */
export type FeedMode = "up" | "throws" | "rejects" | "hangs" | "garbage";

/** A feed in the hands of a test, as good or as bad as it wants it. */
export interface TestFeed extends RevocationFeed {
  /** How many polls were begun. */
  polls: number;
  subscribers: number;

  /** The cursor of each poll. */
  readonly cursors: (string | undefined)[];
  mode: FeedMode;

  /** Answers all polls that hang, with what is known now. */
  readonly release: () => void;

  /** Appends without telling subscribers: the push is lost. */
  readonly appendSilently: (revocation: Revocation) => void;
}

/** Makes a feed over the memory feed of core. */
export function createTestFeed(clock: ControlledClock): TestFeed {
  const memory = createMemoryRevocationFeed(clock);
  const listeners = new Set<(revocation: Revocation) => void>();
  const hanging: (() => void)[] = [];
  const feed: TestFeed = {
    polls: 0,
    subscribers: 0,
    cursors: [],
    mode: "up",
    append: async (revocation) => {
      await memory.append(revocation);
      for (const listener of listeners) listener(revocation);
    },
    appendSilently: (revocation) => void memory.append(revocation),
    poll: (cursor) => {
      feed.polls += 1;
      feed.cursors.push(cursor);
      switch (feed.mode) {
        case "throws":
          throw new Error("no connection");
        case "rejects":
          return Promise.reject(new Error("no connection"));
        case "hangs":
          return new Promise((resolve) => {
            hanging.push(() => resolve(memory.poll(cursor)));
          });
        case "garbage":
          return { cursor: "x", revocations: [null] } as never;
        case "up":
          return memory.poll(cursor);
      }
    },
    subscribe: (listener) => {
      listeners.add(listener);
      feed.subscribers = listeners.size;
      return () => {
        listeners.delete(listener);
        feed.subscribers = listeners.size;
      };
    },
    release: () => hanging.splice(0).forEach((answer) => answer()),
  };
  return feed;
}
