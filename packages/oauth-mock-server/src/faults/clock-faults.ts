import type { Clock } from "@credicorp/oauth-core";

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
 * Gives each skew a server of its own, made by `make` beside the one of this moment, with the same state behind it.
 *
 * They are kept until that server is replaced.
 */
export function createSkewedServers<Server>(
  current: () => Server,
  make: (skewSeconds: number) => Server,
): (skewSeconds: number) => Server {
  const servers = new Map<number, Server>();
  let beside = current();
  return (skewSeconds) => {
    if (beside !== current() || servers.size === maxKept) servers.clear();
    beside = current();
    const server = servers.get(skewSeconds) ?? make(skewSeconds);
    servers.set(skewSeconds, server);
    return server;
  };
}
