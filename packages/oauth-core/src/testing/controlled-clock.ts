import type { Clock } from "../ports.ts";

/** A clock that moves only when it is told to. */
export interface ControlledClock extends Clock {
  /** Moves both clocks forward. */
  readonly advance: (seconds: number) => void;

  /** Sets the wall clock, in epoch seconds, backwards too; the monotonic clock does not notice. */
  readonly setNow: (epochSeconds: number) => void;
}

/** Makes a clock that stands at an instant, in epoch seconds. */
export function createControlledClock(startAt = 1_700_000_000): ControlledClock {
  let now = startAt;
  let elapsedMs = 0;
  return {
    now: () => now,
    monotonicMs: () => elapsedMs,
    advance: (seconds) => {
      now += seconds;
      elapsedMs += seconds * 1000;
    },
    setNow: (epochSeconds) => {
      now = epochSeconds;
    },
  };
}
