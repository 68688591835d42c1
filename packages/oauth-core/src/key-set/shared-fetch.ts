/**
 * How lookups share one fetch of the keys.
 *
 * @module
 */

import { createCancellation } from "../cancellation.ts";
import type { Clock, Sleep } from "../ports.ts";

/** One fetch at a time, of whoever has begun it. */
export interface SharedFetch {
  /** Begins one, and resolves when it has ended. */
  readonly begin: () => Promise<void>;

  /** Waits for the one that somebody else has begun; resolves to whether it has ended, and not merely its owner. */
  readonly join: () => Promise<boolean>;

  /** Has whoever begins a refresh stay with it for a while, where it would end with them; `undefined`: no need. */
  readonly stay: (own: Promise<void>) => Promise<void> | undefined;

  /** Tells whether the fetch in flight has gone with its owner; it is forgotten then. */
  readonly isLost: () => boolean;
}

/** Runs one fetch; what it brings counts only while it is current. */
export type RunFetch = (isCurrent: () => boolean) => Promise<void>;

/** Makes the sharing of a fetch. */
export type ShareFetch = (run: RunFetch) => SharedFetch;

/** Has all await the same promise. */
export function shareByPromise(run: RunFetch): SharedFetch {
  let inFlight: Promise<void> = Promise.resolve();
  return {
    begin: () => {
      inFlight = run(() => true);
      return inFlight;
    },
    join: () => inFlight.then(() => true),
    stay: () => undefined,
    isLost: () => false,
  };
}

// As long as a fetch that goes well takes, and no reason to keep a request that has its key already.
const longestStayMs = 1000;
const beatMs = 200;
const lostAfterMs = 1000;
const firstLookMs = 10;

/**
 * Has each await only what it has begun itself, and look for what others have brought: for platforms where a request that
 * ends takes with it all that it has begun, as on Cloudflare Workers.
 *
 * The owner of a fetch gives a sign of life every 200 ms; after a second without one it is taken to be gone, and whoever
 * looks next begins another.
 */
export function shareByValue(
  run: RunFetch,
  { clock, sleep }: { readonly clock: Pick<Clock, "monotonicMs">; readonly sleep: Sleep },
): SharedFetch {
  let flight: { aliveAtMs: number; isOver: boolean } | undefined;

  const giveSigns = async (own: NonNullable<typeof flight>): Promise<void> => {
    while (!own.isOver) {
      own.aliveAtMs = clock.monotonicMs();
      // oxlint-disable-next-line no-await-in-loop -- one sign after the other
      await sleep(beatMs);
    }
  };
  const isGone = (looked: typeof flight): boolean =>
    looked !== undefined && clock.monotonicMs() - looked.aliveAtMs >= lostAfterMs;

  return {
    begin: async () => {
      const own = { aliveAtMs: clock.monotonicMs(), isOver: false };
      flight = own;
      void giveSigns(own);
      await run(() => flight === own);
      own.isOver = true;
      if (flight === own) flight = undefined;
    },
    join: async () => {
      const joined = flight;
      let lookMs = firstLookMs;
      while (joined !== undefined && flight === joined && !isGone(joined)) {
        // oxlint-disable-next-line no-await-in-loop -- one look after the other
        await sleep(lookMs);
        lookMs = Math.min(lookMs * 1.5, beatMs);
      }
      return joined?.isOver ?? true;
    },
    stay: (own) => {
      const patience = createCancellation();
      return Promise.race([own, sleep(longestStayMs, patience.signal)]).finally(patience.cancel);
    },
    isLost: () => {
      if (!isGone(flight)) return false;
      flight = undefined;
      return true;
    },
  };
}
