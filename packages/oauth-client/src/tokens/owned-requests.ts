import type { Clock, Sleep } from "@credicorp/oauth-core";

/** The token requests of a runtime where each belongs to the caller that made it, and may end with it unnoticed. */
export interface OwnedRequests {
  /** Makes a request; resolves when it has settled, which may be never. */
  readonly start: (request: (signal: AbortSignal) => Promise<void>) => Promise<void>;

  /** Has the owner abort what is in flight, soon. */
  readonly stop: () => void;

  /** Forgets what is in flight when its owner gave no sign of life for a while, by the clock; tells whether it did. */
  readonly isAbandoned: () => boolean;

  /**
   * Makes the watch of one caller that waits: told how long it slept, it does what {@link OwnedRequests.isAbandoned} does,
   * but counts its own sleeps. While a busy process fires no timers, an owner is silent, too.
   */
  readonly watch: () => (sleptMs: number) => boolean;
}

interface OwnedRequest {
  /** Signs of life. */
  beats: number;
  beatAtMs: number;
  isStopped: boolean;
}

const beatMs = 200;
const maxSilenceMs = 1000;

/** Makes the place for one request at a time. */
export function createOwnedRequests({
  clock,
  sleep,
}: {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly sleep: Sleep;
}): OwnedRequests {
  let current: OwnedRequest | undefined;

  async function beat(
    request: OwnedRequest,
    stopping: AbortController,
    settled: AbortSignal,
  ): Promise<void> {
    for (;;) {
      await sleep(beatMs, settled);
      if (settled.aborted) return;
      request.beats += 1;
      request.beatAtMs = clock.monotonicMs();
      // By the owner itself: what one request of the platform has opened, another may not close.
      if (request.isStopped) return stopping.abort("stopped");
    }
  }

  function abandon(isSilent: boolean): boolean {
    if (isSilent) current = undefined;
    return isSilent;
  }

  return {
    start: async (send) => {
      const request = { beats: 0, beatAtMs: clock.monotonicMs(), isStopped: false };
      const [stopping, settled] = [new AbortController(), new AbortController()];
      current = request;
      void beat(request, stopping, settled.signal);
      await send(stopping.signal);
      settled.abort("settled");
      if (current === request) current = undefined;
    },
    stop: () => {
      if (current !== undefined) current.isStopped = true;
      current = undefined;
    },
    isAbandoned: () =>
      abandon(current !== undefined && clock.monotonicMs() - current.beatAtMs > maxSilenceMs),
    watch: () => {
      let watched: OwnedRequest | undefined;
      let beats = 0;
      let silentMs = 0;
      return (sleptMs) => {
        if (current === undefined || current !== watched || current.beats !== beats) {
          watched = current;
          beats = current?.beats ?? 0;
          silentMs = 0;
          return false;
        }
        silentMs += sleptMs;
        return abandon(silentMs > maxSilenceMs);
      };
    },
  };
}
