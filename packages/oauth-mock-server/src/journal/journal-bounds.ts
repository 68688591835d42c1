/** How much a journal keeps: the oldest goes first. */
export interface JournalBounds {
  /** @defaultValue 10000 */
  readonly maxEntries?: number | undefined;

  /** Of bodies and fields together, roughly. @defaultValue 33554432 */
  readonly maxBytes?: number | undefined;
}

/** What holds unless it is configured. */
export const defaultJournalBounds: Readonly<Record<keyof JournalBounds, number>> = {
  maxEntries: 10_000,
  maxBytes: 32 * 1024 * 1024,
};
