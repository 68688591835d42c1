/** A store threw, rejected, or did not answer in time. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";

  /** What the store is called by whoever needs it. */
  readonly store: string;

  constructor(store: string, options: ErrorOptions & { readonly what: string }) {
    super(`The store ${store} ${options.what}`, options);
    this.store = store;
  }
}
