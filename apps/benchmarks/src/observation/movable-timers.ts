/** Timers that can come early. */
export interface MovableTimers {
  /** Runs what is due by the clock. */
  readonly runDue: () => void;
}

interface Pending {
  readonly dueMs: number;
  readonly run: () => void;
}

/** Puts a `setTimeout` in place whose timers also run when a clock, in milliseconds, says that their time has come. */
export function installMovableTimers(now: () => number): MovableTimers {
  const pending = new Map<NodeJS.Timeout, Pending>();
  const realSetTimeout = globalThis.setTimeout;
  const setTimeout = (
    callback: (...values: never[]) => void,
    delayMs = 1,
    ...values: never[]
  ): NodeJS.Timeout => {
    const run = (): void => {
      if (pending.delete(timer)) callback(...values);
    };
    const timer = realSetTimeout(run, delayMs);
    pending.set(timer, { dueMs: now() + delayMs, run });
    return timer;
  };
  const realClearTimeout = globalThis.clearTimeout;
  globalThis.setTimeout = Object.assign(setTimeout, realSetTimeout);
  globalThis.clearTimeout = (timer) => {
    if (typeof timer === "object") pending.delete(timer);
    realClearTimeout(timer);
  };
  return {
    runDue: () => {
      for (const [timer, { dueMs, run }] of pending) {
        if (dueMs > now()) continue;
        realClearTimeout(timer);
        run();
      }
    },
  };
}
