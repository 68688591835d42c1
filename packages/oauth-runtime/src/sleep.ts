import type { CancelSignal, Sleep } from "@credicorp/oauth-core";

import { longestTimerMs } from "./longest-timer.ts";

/** Waits on the platform's timers, however long. */
export const sleep: Sleep = (ms, signal) => wait(ms, { signal, keepsAlive: true });

/** Waits as `sleep` does, and keeps no process alive for it, where the platform has processes. */
export const backgroundSleep: Sleep = (ms, signal) => wait(ms, { signal, keepsAlive: false });

async function wait(
  ms: number,
  options: { readonly signal: CancelSignal | undefined; readonly keepsAlive: boolean },
): Promise<void> {
  const { signal, keepsAlive } = options;
  for (let remaining = ms; remaining > 0 && !signal?.aborted; remaining -= longestTimerMs) {
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(remaining, longestTimerMs));
      // Elsewhere than on Node a timer is a number.
      if (!keepsAlive) (timer as Partial<typeof timer>).unref?.();
      signal?.addEventListener("abort", finish);
    });
  }
}
