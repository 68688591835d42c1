import { AbortedError, TimeoutError } from "@credicorp/oauth-core";
import { longestTimerMs } from "@credicorp/oauth-runtime";

import type { RequestEntry } from "./journal-entry.ts";
import type { RequestFilter } from "./request-filter.ts";

/** For how many requests to wait, and how long. */
export interface WaitOptions {
  /** Those that were there before count. @defaultValue 1 */
  readonly count?: number | undefined;

  /** Real time, however the clock of the sandbox stands. @defaultValue 5000 */
  readonly timeoutMs?: number | undefined;

  /** Ends the waiting early. */
  readonly signal?: AbortSignal | undefined;
}

/** What waiting needs of a journal. */
export interface Awaited {
  readonly list: (filter: RequestFilter) => readonly RequestEntry[];

  /** The numbers of those that are there, from the oldest to the youngest. */
  readonly sequences: (filter: RequestFilter) => readonly number[];

  /** The number of the oldest entry that is there, or of the next one. */
  readonly oldestSequence: () => number;

  /** Calls the listener after each request that is meant, until the returned function is called. */
  readonly follow: (filter: RequestFilter, listener: (sequence: number) => void) => () => void;
}

/** For what, and until when at the latest. */
export interface Wait {
  readonly filter: RequestFilter;
  readonly options?: WaitOptions | undefined;

  /** Aborts when no more requests are answered. */
  readonly closing: AbortSignal;
}

const mostNamed = 5;

/**
 * Waits until so many requests are there.
 *
 * @throws TimeoutError that says what was there instead
 * @throws AbortedError when the signal ends it, or there will be none any more
 */
export function waitForRequests(
  journal: Awaited,
  { filter, options = {}, closing }: Wait,
): Promise<readonly RequestEntry[]> {
  const { count = 1, timeoutMs = 5000, signal } = options;
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      unsubscribe();
      signal?.removeEventListener("abort", abort);
      closing.removeEventListener("abort", abort);
      settle();
    };
    const abort = (): void => {
      const why = closing.aborted ? "the sandbox was closed" : "its signal ended it";
      end(() => reject(new AbortedError(`The waiting for requests is over: ${why}`)));
    };
    // Those that were there are counted once: to count them for each that arrives would take ever longer.
    const found = [...journal.sequences(filter)];
    let gone = 0;
    const look = (): void => {
      const oldest = journal.oldestSequence();
      while ((found[gone] ?? oldest) < oldest) gone += 1;
      if (found.length - gone < count) return;
      end(() => resolve(journal.list(filter)));
    };
    const timer = setTimeout(
      () => {
        const message = describeAbsence(journal, { filter, count, timeoutMs });
        end(() => reject(new TimeoutError(message)));
      },
      Math.min(timeoutMs, longestTimerMs),
    );
    const unsubscribe = journal.follow(filter, (sequence) => {
      found.push(sequence);
      look();
    });
    signal?.addEventListener("abort", abort);
    closing.addEventListener("abort", abort);
    if (signal?.aborted || closing.aborted) abort();
    else look();
  });
}

function describeAbsence(
  journal: Awaited,
  wanted: { readonly filter: RequestFilter; readonly count: number; readonly timeoutMs: number },
): string {
  const { filter, count, timeoutMs } = wanted;
  const all = journal.list({ afterSequence: filter.afterSequence });
  const beside = all.slice(-mostNamed).map(describeEntry).join("; ");
  return (
    `In ${timeoutMs} ms there were ${journal.sequences(filter).length} of ${count} requests with ${JSON.stringify(filter)}; ` +
    (all.length === 0
      ? "no request arrived at all"
      : `of ${all.length} requests the last were: ${beside}`)
  );
}

function describeEntry({ request, response, error, clientId }: RequestEntry): string {
  const answer = [response.status, error].filter(Boolean).join(" ");
  return `${request.method} ${request.path} → ${answer}${clientId === undefined ? "" : ` (${clientId})`}`;
}
