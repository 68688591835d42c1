import type { Sleep } from "@credicorp/oauth-core";
import type { Lease } from "@credicorp/oauth-core/token-cache";

import type { StoreAccess } from "./store-access.ts";

/** The right to ask for the token of one cache key. */
export interface TokenLease {
  /** Resolves to the function that ends the lease, or says why there is none. */
  readonly acquire: () => Promise<(() => Promise<void>) | "held_by_another" | "store_down">;
}

/** What {@link createTokenLease} needs. */
export interface TokenLeaseOptions {
  readonly store: Lease;
  readonly access: StoreAccess;
  readonly getKey: () => Promise<string>;

  /** A name that no other lease has, in this process or another. */
  readonly nameOwner: () => string;
  readonly sleep: Sleep;

  /** Milliseconds after which the lease of a process that died is free again. */
  readonly ttlMs: number;
}

/** Makes the lease of one cache key. It is renewed as long as it is held, so that a slow server is asked once all the same. */
export function createTokenLease(options: TokenLeaseOptions): TokenLease {
  const { store, access, getKey, nameOwner, sleep, ttlMs } = options;

  async function keep(key: string, owner: string, released: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(ttlMs / 2, released);
      if (released.aborted) return;
      const renewed = await access("renew", () => store.renew(key, owner, ttlMs));
      // Another has it now: both ask, and no harm is done.
      if (!renewed.ok || !renewed.value) return;
    }
  }

  return {
    acquire: async () => {
      const owner = nameOwner();
      const acquired = await access("acquire", async () => {
        const key = await getKey();
        const isMine = await store.acquire(key, owner, ttlMs);
        // Taken for "held by another", it would keep callers waiting for nobody.
        if (typeof isMine !== "boolean") throw new TypeError("acquire gave neither true nor false");
        return { key, isMine };
      });
      if (!acquired.ok) return "store_down";
      const { key, isMine } = acquired.value;
      if (!isMine) return "held_by_another";
      const released = new AbortController();
      void keep(key, owner, released.signal);
      return async () => {
        released.abort();
        await access("release", () => store.release(key, owner));
      };
    },
  };
}
