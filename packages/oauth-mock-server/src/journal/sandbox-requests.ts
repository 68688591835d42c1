import type { Har } from "./har.ts";
import { formatCurl } from "./curl.ts";
import { formatHar } from "./har.ts";
import type { Journal } from "./journal.ts";
import type { DecisionEntry, RequestEntry } from "./journal-entry.ts";
import type { RequestFilter } from "./request-filter.ts";
import type { WaitOptions } from "./waiting.ts";
import { waitForRequests } from "./waiting.ts";

/** The requests that a sandbox has answered, the last 10,000 of them; no secret and no token is in any of it. */
export interface SandboxRequests {
  /** From the oldest to the youngest. */
  readonly list: (filter?: RequestFilter) => readonly RequestEntry[];
  readonly count: (filter?: RequestFilter) => number;

  /**
   * Waits until so many requests are there, those included that were there before.
   *
   * @throws TimeoutError that says what was there instead
   * @throws AbortedError when its signal ends it, or the sandbox is closed
   */
  readonly waitFor: (
    filter: RequestFilter,
    options?: WaitOptions,
  ) => Promise<readonly RequestEntry[]>;

  /** What was decided beside the requests, such as the rotation of a key; from the oldest to the youngest. */
  readonly decisions: () => readonly DecisionEntry[];

  /** Forgets all requests that have arrived, those included that are in flight; the numbers go on. */
  readonly clear: () => void;

  /** Exports requests for tools that read HTTP archives. */
  readonly toHar: (filter?: RequestFilter) => Har;

  /** Writes a request as a command line, with shell variables in place of secrets. */
  readonly toCurl: (entry: RequestEntry) => string;
}

/** Makes what users see of a journal. */
export function createSandboxRequests(
  journal: Journal,
  {
    origin,
    version,
    closing,
  }: {
    /** Where its requests were sent. */
    readonly origin: () => string;

    /** Of this package. */
    readonly version: () => string;

    /** Aborts when the sandbox closes: nobody waits any longer. */
    readonly closing: AbortSignal;
  },
): SandboxRequests {
  const { list, sequences, decisions, clear } = journal;
  return {
    list,
    count: (filter) => sequences(filter).length,
    decisions,
    clear,
    waitFor: (filter, options) => waitForRequests(journal, { filter, options, closing }),
    toHar: (filter) => formatHar(list(filter), { origin: origin(), version: version() }),
    toCurl: (entry) => formatCurl(entry, origin()),
  };
}
