import { checkCounts } from "../http/check-counts.ts";

/** How much a journal keeps: the oldest goes first. */
export interface JournalBounds {
  /** @defaultValue 10000 */
  readonly maxEntries?: number | undefined;

  /** Of bodies, fields and all else that is kept. @defaultValue 33554432 */
  readonly maxBytes?: number | undefined;
}

/** What holds unless it is configured. */
const defaultJournalBounds: Readonly<Record<keyof JournalBounds, number>> = {
  maxEntries: 10_000,
  maxBytes: 32 * 1024 * 1024,
};

/** Completes bounds. @throws {@link ConfigurationError} for what is not a whole number of at least 1 */
export function checkJournalBounds({
  maxEntries = defaultJournalBounds.maxEntries,
  maxBytes = defaultJournalBounds.maxBytes,
}: JournalBounds): Readonly<Record<keyof JournalBounds, number>> {
  checkCounts("journal", { maxEntries, maxBytes });
  return { maxEntries, maxBytes };
}
