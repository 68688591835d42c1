import type { Refusal } from "./refusal.ts";

/** The stores that a server cannot do without. */
export type StoreName = "clients" | "keys" | "rateLimiter" | "replayStore" | "revocationFeed";

/** A store threw, rejected, or did not answer in time. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
  readonly store: StoreName;

  constructor(store: StoreName, options: ErrorOptions & { readonly what: string }) {
    super(`The store ${store} ${options.what}`, options);
    this.store = store;
  }
}

/**
 * The refusal of a request that cannot be decided: the server is closed, not open.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1 | RFC 7009 section 2.2.1}
 */
export function storeUnavailable(cause: StoreUnavailableError): Refusal {
  return {
    status: 503,
    error: "temporarily_unavailable",
    description:
      "The server cannot decide at the moment: try again, with another assertion or proof if there was one; a token to be revoked is still valid",
    why: "store_unavailable",
    headers: [["Retry-After", "1"]],
    cause,
  };
}
