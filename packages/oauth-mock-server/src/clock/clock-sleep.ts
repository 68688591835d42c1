import type { CancelSignal, Clock, Sleep } from "@credicorp/oauth-core";
import { longestTimerMs } from "@credicorp/oauth-runtime";

/** What waiting needs to know of a clock. */
export interface SleepingClock extends Clock {
  readonly isFrozen: () => boolean;
}

const shortestTimerMs = 1;

/** Who waits by a clock that may be moved. */
export interface ClockSleep {
  /** Ends when the monotonic or the wall clock is that much later: whoever waits for a date must hear of both. */
  readonly sleep: Sleep;

  /** To be called whenever the clock was moved, frozen or resumed. */
  readonly wake: () => void;
}

/** Makes a sleep by a clock. Timers only say when to look at the clock again, and keep no process alive. */
export function createClockSleep(clock: SleepingClock): ClockSleep {
  const sleepers = new Set<() => void>();
  return {
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const remainingMs = deadline(clock, ms);
        let timer: ReturnType<typeof setTimeout> | undefined;
        const finish = (): void => {
          clearTimeout(timer);
          sleepers.delete(look);
          signal?.removeEventListener("abort", finish);
          resolve();
        };
        const look = (): void => {
          clearTimeout(timer);
          const remaining = remainingMs();
          if (remaining <= 0 || isAborted(signal)) finish();
          // A clock that stands is moved by hand, and then it wakes whoever waits.
          else if (!clock.isFrozen()) timer = startTimer(look, remaining);
        };
        sleepers.add(look);
        signal?.addEventListener("abort", finish);
        look();
      }),
    wake: () => {
      for (const look of sleepers) look();
    },
  };
}

function deadline(clock: Clock, ms: number): () => number {
  const untilMs = clock.monotonicMs() + ms;
  const untilSeconds = clock.now() + ms / 1000;
  return () => Math.min(untilMs - clock.monotonicMs(), (untilSeconds - clock.now()) * 1000);
}

function startTimer(look: () => void, remainingMs: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(look, Math.min(Math.max(remainingMs, shortestTimerMs), longestTimerMs));
  timer.unref();
  return timer;
}

function isAborted(signal: CancelSignal | undefined): boolean {
  return signal?.aborted === true;
}
