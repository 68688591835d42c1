import type { Clock, Result } from "@credicorp/oauth-core";
import { ok } from "@credicorp/oauth-core";
import type { AccessToken, SharedTokenStore, TokenReport } from "@credicorp/oauth-core/token-cache";
import { ageMs, formatSharedToken, parseSharedToken } from "@credicorp/oauth-core/token-cache";

import type { EntrySeal } from "./entry-seal.ts";
import type { StoreAccess } from "./store-access.ts";

/** The entry of one cache key in a shared store. */
export interface SharedEntry {
  /** The token that is there; `undefined` when there is none that can be read. */
  readonly read: () => Promise<Result<AccessToken | undefined, "store_down">>;
  readonly write: (token: AccessToken) => Promise<void>;

  /** Deletes the entry if it holds this token, and not a newer one. */
  readonly remove: (token: AccessToken) => Promise<void>;
}

/** What {@link createSharedEntry} needs. */
export interface SharedEntryOptions {
  readonly store: SharedTokenStore;
  readonly access: StoreAccess;
  readonly seal: EntrySeal;
  readonly getKey: () => Promise<string>;
  readonly requestedScope: readonly string[];
  readonly clock: Clock;
  readonly report: (report: TokenReport) => void;
}

/** Makes the entry of one cache key. */
export function createSharedEntry(options: SharedEntryOptions): SharedEntry {
  const { store, access, seal, getKey, requestedScope, clock, report } = options;

  function parse(text: string | undefined): AccessToken | undefined {
    const now = { monotonicMs: clock.monotonicMs(), epochSeconds: clock.now() };
    return text === undefined ? undefined : parseSharedToken(text, { requestedScope, now });
  }

  async function find(): Promise<
    Result<{ readonly text: string; readonly token: AccessToken } | undefined, "store_down">
  > {
    const found = await access("get", async () => {
      const key = await getKey();
      const text = await store.get(key);
      // Redis and its like have `null` for nothing.
      if (text === undefined || text === null) return undefined;
      return { text, plain: await seal.open(text, key) };
    });
    if (!found.ok || found.value === undefined) return found as typeof found & { ok: false };
    const { text, plain } = found.value;
    const token = parse(plain);
    if (token !== undefined) return ok({ text, token });
    report({ type: "store_failed", operation: "get", reason: "unreadable" });
    return ok(undefined);
  }

  return {
    read: async () => {
      const found = await find();
      return found.ok ? ok(found.value?.token) : found;
    },
    write: async (token) => {
      const now = { monotonicMs: clock.monotonicMs(), epochSeconds: clock.now() };
      const ttlSeconds = Math.ceil((token.lifetimeMs - ageMs(token, now)) / 1000);
      if (ttlSeconds <= 0) return;
      await access("set", async () => {
        const key = await getKey();
        await store.set(key, await seal.seal(formatSharedToken(token), key), ttlSeconds);
      });
    },
    remove: async ({ value }) => {
      const found = await find();
      if (!found.ok || found.value?.token.value !== value) return;
      const { text } = found.value;
      await access("delete", async () => store.delete(await getKey(), text));
    },
  };
}
