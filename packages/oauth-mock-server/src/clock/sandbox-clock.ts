import type { Clock, Sleep } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";

import type { SleepingClock } from "./clock-sleep.ts";
import { createClockSleep } from "./clock-sleep.ts";
import type { Duration } from "./duration.ts";
import { parseDuration } from "./duration.ts";
import type { Instant } from "./instant.ts";
import { checkWritable, parseInstant } from "./instant.ts";

/** How a clock differs from the one that it is based on. */
export interface SandboxClockState {
  /** The wall clock, in seconds since the Unix epoch. */
  readonly now: number;
  readonly isFrozen: boolean;

  /** How far the wall clock is from its base, in milliseconds, `skewMs` left out. */
  readonly offsetMs: number;
  readonly skewMs: number;
}

/**
 * The time of a sandbox: all of it is read here.
 *
 * It runs as its base does, from wherever it has been moved to. `monotonicMs` never runs backwards, whatever is done.
 */
export interface SandboxClock extends Clock {
  /** Moves all time forward. @throws {@link ConfigurationError} for a negative duration */
  readonly advance: (duration: Duration) => void;

  /** Stops all time, until `resume`; `advance`, `set` and `skew` still move it. */
  readonly freeze: () => void;

  /** Lets time run again, from where it stands. */
  readonly resume: () => void;

  /** Goes to an instant: forward all time moves as with `advance`, backwards the wall clock alone. */
  readonly set: (instant: Instant) => void;

  /** Makes the wall clock differ by this from what it would be, and no more from the last `skew`; 0 ends it. */
  readonly skew: (duration: Duration) => void;

  /** Undoes all of the above. What has passed for `monotonicMs` has passed. */
  readonly reset: () => void;

  /** Resolves once this much time has passed by this clock; a move of the clock counts. Keeps no process alive. */
  readonly sleep: Sleep;
  readonly state: () => SandboxClockState;
}

/** Makes a clock over another one. */
export function createSandboxClock(base: Clock): SandboxClock {
  let offsetMs = 0;
  let skewMs = 0;
  let elapsedMs = 0;
  let frozen: { readonly now: number; readonly monotonicMs: number } | undefined;
  // Sums are rounded: without it the clock could run back by less than a nanosecond when it is resumed.
  let earliestMs = -Infinity;

  const now = (): number => {
    const seconds = frozen?.now ?? base.now();
    const shiftMs = offsetMs + skewMs;
    // Unmoved, it says exactly what its base says.
    return shiftMs === 0 ? seconds : seconds + shiftMs / 1000;
  };
  const monotonicMs = (): number =>
    Math.max(earliestMs, (frozen?.monotonicMs ?? base.monotonicMs()) + elapsedMs);
  const clock: SleepingClock = { now, monotonicMs, isFrozen: () => frozen !== undefined };
  const { sleep, wake } = createClockSleep(clock);

  const advance = (milliseconds: number): void => {
    offsetMs += milliseconds;
    elapsedMs += milliseconds;
  };
  const thaw = (): void => {
    if (frozen === undefined) return;
    earliestMs = monotonicMs();
    offsetMs -= (base.now() - frozen.now) * 1000;
    elapsedMs -= base.monotonicMs() - frozen.monotonicMs;
    frozen = undefined;
  };

  return {
    now,
    monotonicMs,
    sleep,
    advance: (duration) => {
      const milliseconds = parseDuration(duration);
      if (milliseconds < 0) {
        throw new ConfigurationError(
          "duration",
          "The clock advances forward only: use set or skew to turn it back",
        );
      }
      checkWritable(now() + milliseconds / 1000);
      advance(milliseconds);
      wake();
    },
    freeze: () => {
      frozen ??= { now: base.now(), monotonicMs: base.monotonicMs() };
      wake();
    },
    resume: () => {
      thaw();
      wake();
    },
    set: (instant) => {
      const milliseconds = (parseInstant(instant) - now()) * 1000;
      if (milliseconds > 0) advance(milliseconds);
      else offsetMs += milliseconds;
      wake();
    },
    skew: (duration) => {
      const milliseconds = parseDuration(duration);
      checkWritable(now() + (milliseconds - skewMs) / 1000);
      skewMs = milliseconds;
      wake();
    },
    reset: () => {
      thaw();
      offsetMs = 0;
      skewMs = 0;
      wake();
    },
    state: () => ({ now: now(), isFrozen: frozen !== undefined, offsetMs, skewMs }),
  };
}
