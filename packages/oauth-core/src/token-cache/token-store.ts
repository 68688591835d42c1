import type { MaybePromise } from "../ports.ts";

/**
 * Texts under keys, for a while, shared by many processes.
 *
 * An implementation rejects when the store cannot be asked; its users count that as a miss.
 */
export interface TokenStore {
  /** Resolves to `undefined` or `null` for an unknown key and for one whose time is up. */
  readonly get: (key: string) => MaybePromise<string | null | undefined>;

  /** Keeps `text` under `key`, in place of what was there, and forgets it after `ttlSeconds` (a positive integer). */
  readonly set: (key: string, text: string, ttlSeconds: number) => MaybePromise<void>;

  /**
   * Forgets `key` if `text` is what it holds, in one step, and tells whether it was.
   *
   * Whoever has read a text may delete that one, and never the newer one of somebody else.
   */
  readonly delete: (key: string, text: string) => MaybePromise<boolean>;
}

/**
 * A right that one owner has at a time, until it ends by itself: an owner that died is waited for no longer.
 *
 * `false` means that another has it. When the store cannot tell, an implementation rejects: "held by another" and "store
 * down" ask for different things.
 */
export interface Lease {
  /** Resolves to `true` when `owner` has the lease now; one who has it already gets the new end. */
  readonly acquire: (key: string, owner: string, ttlMs: number) => MaybePromise<boolean>;

  /** Moves the end of a lease that `owner` still has; `false` when it has ended, or another has it. */
  readonly renew: (key: string, owner: string, ttlMs: number) => MaybePromise<boolean>;

  /** Ends a lease that `owner` has; `false`, and nothing else, when it has not. */
  readonly release: (key: string, owner: string) => MaybePromise<boolean>;
}

/** All that processes need to share their tokens. */
export interface SharedTokenStore extends TokenStore, Lease {}
