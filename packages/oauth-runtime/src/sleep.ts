import type { Sleep } from "@credicorp/oauth-core";

// setTimeout fires at once for anything longer.
const longestTimerMs = 2 ** 31 - 1;

/** Waits on the platform's timers, however long. */
export const sleep: Sleep = async (ms, signal) => {
  for (let remaining = ms; remaining > 0 && !signal?.aborted; remaining -= longestTimerMs) {
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(remaining, longestTimerMs));
      signal?.addEventListener("abort", finish);
    });
  }
};
