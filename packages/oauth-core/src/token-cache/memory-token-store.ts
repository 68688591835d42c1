import type { Clock } from "../ports.ts";
import type { SharedTokenStore } from "./token-store.ts";

interface Ending {
  readonly text: string;
  readonly endsAtMs: number;
}

/**
 * Makes a store for the clients of one process, and for tests.
 *
 * What has ended is let go of when its key is used again: a client has few keys.
 */
export function createMemoryTokenStore(clock: Pick<Clock, "monotonicMs">): SharedTokenStore {
  const entries = new Map<string, Ending>();
  const leases = new Map<string, Ending>();

  function current(from: Map<string, Ending>, key: string): string | undefined {
    const found = from.get(key);
    if (found === undefined || clock.monotonicMs() < found.endsAtMs) return found?.text;
    from.delete(key);
    return undefined;
  }

  function keep(owner: string, ttlMs: number): Ending {
    return { text: owner, endsAtMs: clock.monotonicMs() + ttlMs };
  }

  return {
    get: (key) => current(entries, key),
    set: (key, text, ttlSeconds) => {
      entries.set(key, keep(text, ttlSeconds * 1000));
    },
    delete: (key, text) => current(entries, key) === text && entries.delete(key),
    acquire: (key, owner, ttlMs) => {
      const holder = current(leases, key);
      if (holder !== undefined && holder !== owner) return false;
      leases.set(key, keep(owner, ttlMs));
      return true;
    },
    renew: (key, owner, ttlMs) => {
      if (current(leases, key) !== owner) return false;
      leases.set(key, keep(owner, ttlMs));
      return true;
    },
    release: (key, owner) => current(leases, key) === owner && leases.delete(key),
  };
}
