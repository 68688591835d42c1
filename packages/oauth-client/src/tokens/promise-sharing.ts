import { createWaitingCallers } from "../waiting/waiting-callers.ts";
import type { CallerSharing, CallerSharingOptions } from "./caller-sharing.ts";

/** Makes the sharing of a runtime where a promise is anybody's: all await the outcome of one request. */
export function createPromiseSharing(options: CallerSharingOptions): CallerSharing {
  const { clock, sleep, onWoken } = options;
  let running = new AbortController();
  let wakeAtMs = 0;
  let checking: Promise<boolean> | undefined;

  async function pause(untilMs: number): Promise<void> {
    const { signal } = running;
    await sleep(Math.max(0, untilMs - clock.monotonicMs()), signal);
    if (signal.aborted) return;
    wakeAtMs = 0;
    void onWoken();
  }

  return {
    waiting: createWaitingCallers(options),
    start: (request) => request(running.signal),
    stop: () => {
      running.abort();
      running = new AbortController();
      wakeAtMs = 0;
    },
    pauseUntil: (untilMs) => {
      // Whoever joins a pause is told of it again.
      if (wakeAtMs === untilMs) return false;
      wakeAtMs = untilMs;
      void pause(untilMs);
      return true;
    },
    checkOnce: (check) => {
      checking ??= check().finally(() => {
        checking = undefined;
      });
      return checking;
    },
  };
}
