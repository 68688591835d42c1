import type { CancelSignal, Sleep } from "@credicorp/oauth-core";

/** What bounds a wait for something that may never come. */
export interface SettleBound {
  readonly timeoutMs: number;
  readonly sleep: Sleep;
  readonly signal?: CancelSignal | undefined;
}

/**
 * Resolves to what a promise resolves to, or to `undefined` when time is up or the signal aborts.
 *
 * Functions that a caller hands in (a secret manager, a transport) may hang; nothing of ours may hang with them.
 */
export async function settleWithin<Value>(
  work: Promise<Value>,
  { timeoutMs, sleep, signal }: SettleBound,
): Promise<Value | undefined> {
  const settled = new AbortController();
  const stop = (): void => settled.abort("settled");
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    return await Promise.race([
      work,
      sleep(timeoutMs, settled.signal).then((): undefined => undefined),
    ]);
  } finally {
    stop();
    signal?.removeEventListener("abort", stop);
    // Nobody listens any more: a late rejection is no unhandled one.
    work.catch(() => undefined);
  }
}
