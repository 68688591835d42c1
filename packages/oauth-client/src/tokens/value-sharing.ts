export { createQuietClosing } from "../waiting/quiet-closing.ts";
import { createPollingCallers } from "../waiting/polling-callers.ts";
import { settleWithin } from "../waiting/settle-within.ts";
import type { CallerSharing, CallerSharingOptions } from "./caller-sharing.ts";
import { createOwnedRequests } from "./owned-requests.ts";

// A caller that was served waits this long for the refresh that it has begun, and no longer.
const maxRefreshWaitMs = 1000;
const minCheckIntervalMs = 1000;

/**
 * Makes the sharing of a runtime that forbids to await another request's promise: callers share values alone.
 *
 * One of them makes the token request as its own. The others look for the outcome by timers of their own; when the owner
 * gives no sign of life, because the platform has ended it, the first who notices makes the request again. Pauses are
 * ended by whoever looks first.
 */
export function createValueSharing(options: CallerSharingOptions): CallerSharing {
  const { clock, sleep, onWoken, onLost } = options;
  const requests = createOwnedRequests(options);
  let wakeAtMs: number | undefined;
  let checkAtMs = -Infinity;

  function wake(): Promise<void> | undefined {
    wakeAtMs = undefined;
    return onWoken();
  }

  return {
    waiting: createPollingCallers({
      ...options,
      watch: () => {
        const isAbandoned = requests.watch();
        return (sleptMs) => {
          if (isAbandoned(sleptMs)) return onLost();
          return wakeAtMs !== undefined && clock.monotonicMs() >= wakeAtMs ? wake() : undefined;
        };
      },
    }),
    start: requests.start,
    stop: () => {
      requests.stop();
      wakeAtMs = undefined;
    },
    pauseUntil: (untilMs) => {
      if (wakeAtMs === untilMs) return false;
      wakeAtMs = untilMs;
      return true;
    },
    takeOver: () => (requests.isAbandoned() ? onLost() : undefined),
    attend: (request, { signal, maxWaitMs }) => {
      const timeoutMs = Math.min(maxWaitMs, maxRefreshWaitMs);
      return settleWithin(request, { timeoutMs, sleep, signal });
    },
    checkOnce: async (check) => {
      const nowMs = clock.monotonicMs();
      if (nowMs < checkAtMs + minCheckIntervalMs) return false;
      checkAtMs = nowMs;
      return check();
    },
  };
}
