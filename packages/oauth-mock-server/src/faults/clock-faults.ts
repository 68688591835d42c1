import type { Clock } from "@credicorp/oauth-core";

import type { AskingHandler } from "./asking-handler.ts";

/** The server of this request has a clock that is `seconds` ahead, or behind when they are negative. */
export interface ClockFault {
  readonly fault: "clock_skew";
  readonly seconds: number;
}

/** Returns a clock whose dates are wrong, and whose durations are right. */
export function skewedClock(clock: Clock, seconds: number): Clock {
  return { now: () => clock.now() + seconds, monotonicMs: clock.monotonicMs };
}

const maxKept = 16;

/**
 * Gives each skew a handler of its own, made by `make` beside the server of this moment, with the same state behind it.
 *
 * They are kept until that server is replaced.
 */
export function createSkewedHandlers(
  current: () => object,
  make: (skewSeconds: number) => AskingHandler,
): (skewSeconds: number) => AskingHandler {
  const handlers = new Map<number, AskingHandler>();
  let beside = current();
  return (skewSeconds) => {
    if (beside !== current() || handlers.size === maxKept) handlers.clear();
    beside = current();
    const handler = handlers.get(skewSeconds) ?? make(skewSeconds);
    handlers.set(skewSeconds, handler);
    return handler;
  };
}
