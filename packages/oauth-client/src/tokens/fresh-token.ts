import type { Clock } from "@credicorp/oauth-core";
import type { AccessToken, TokenState } from "@credicorp/oauth-core/token-cache";

/** The token that a source holds, for as long as nothing has to be done about it. */
export interface FreshToken {
  /** Returns the token while it is fresh. */
  readonly peek: () => AccessToken | undefined;

  /** Takes another one, or none. */
  readonly hold: (held: TokenState["held"]) => void;
}

// A clock costs as much as all the rest of a call.
const secondsBetweenLooks = 0.05;

/**
 * Keeps a token that is fresh by both clocks, at the cost of one.
 *
 * The wall clock is read each time: it sees that a machine slept or a function was frozen. The monotonic clock sees that the
 * wall clock was set back; it is read when the wall clock went back, and else every 50 ms of it. A token that is no longer
 * fresh has still some time to live.
 */
export function createFreshToken(clock: Clock): FreshToken {
  let token: AccessToken | undefined;
  let freshUntilMs = 0;
  let freshUntil = 0;
  // When the monotonic clock was read, and when it is read again, by the wall clock.
  let lookedAt = Infinity;
  let lookAgainAt = 0;

  return {
    peek: () => {
      const now = clock.now();
      if (now >= freshUntil) return undefined;
      if (now < lookedAt || now >= lookAgainAt) {
        if (clock.monotonicMs() >= freshUntilMs) return undefined;
        lookedAt = now;
        lookAgainAt = now + secondsBetweenLooks;
      }
      return token;
    },

    hold: (held) => {
      token = held?.token;
      const { monotonicMs = 0, epochSeconds = 0 } = token?.requestedAt ?? {};
      const freshForMs = held?.schedule.ageingAfterMs ?? 0;
      freshUntilMs = monotonicMs + freshForMs;
      freshUntil = epochSeconds + freshForMs / 1000;
      lookedAt = Infinity;
    },
  };
}
