import type { AnyOAuthError, Sleep } from "@credicorp/oauth-core";
import { AbortedError } from "@credicorp/oauth-core";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";

import { shareSignal } from "./shared-signal.ts";

/** How long one caller waits. */
export interface Patience {
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal | undefined;

  /** Keeps the runtime alive for what this caller has begun and others depend on. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
}

/** The callers who wait for one token, each by its own deadline and signal. */
export interface WaitingCallers {
  /** Waits for the outcome of the `request` that this caller has made, or of another's. */
  readonly wait: (
    patience: Patience,
    deadlineMs: number,
    request: Promise<void> | undefined,
  ) => Promise<AccessToken>;
  readonly deliver: (token: AccessToken) => void;
  readonly reject: (error: AnyOAuthError) => void;

  /** Sends away those whose deadline comes before a moment of the monotonic clock. */
  readonly dismissBefore: (untilMs: number, error: AnyOAuthError) => void;
}

/** What {@link createWaitingCallers} needs. */
export interface WaitingCallersOptions {
  readonly sleep: Sleep;

  /** Is told of each caller who leaves without having been delivered to or rejected with the others. */
  readonly onLeft: (isOutOfTime: boolean) => void;

  /** The token for those whose time is up: a good old one is better than none. */
  readonly fallback: () => AccessToken | undefined;

  /** Makes the error of those for whom there is none. */
  readonly explain: (maxWaitMs: number) => AnyOAuthError;
}

interface Waiter {
  readonly deadlineMs: number;
  readonly resolve: (token: AccessToken) => void;
  readonly reject: (error: AnyOAuthError) => void;
}

/** Makes the place where callers wait. */
export function createWaitingCallers(options: WaitingCallersOptions): WaitingCallers {
  const { sleep, onLeft, fallback, explain } = options;
  const waiters = new Set<Waiter>();

  function leave(waiter: Waiter, error: AnyOAuthError): void {
    if (!waiters.delete(waiter)) return;
    waiter.reject(error);
    onLeft(error.kind !== "aborted");
  }

  function giveUp(waiter: Waiter, error: AnyOAuthError): void {
    const token = waiters.has(waiter) ? fallback() : undefined;
    // The rejection that follows comes too late to count.
    if (token !== undefined) waiter.resolve(token);
    leave(waiter, error);
  }

  async function expire(waiter: Waiter, maxWaitMs: number, settled: AbortSignal): Promise<void> {
    await sleep(maxWaitMs, settled);
    if (!settled.aborted) giveUp(waiter, explain(maxWaitMs));
  }

  return {
    wait: async ({ signal, maxWaitMs }, deadlineMs) => {
      const settled = new AbortController();
      const cancel = signal && shareSignal(signal);
      let abort: (() => void) | undefined;
      try {
        return await new Promise<AccessToken>((resolve, reject) => {
          const waiter: Waiter = { deadlineMs, resolve, reject };
          waiters.add(waiter);
          abort = () => leave(waiter, buildAbortedError(cancel?.reason));
          cancel?.addEventListener("abort", abort);
          void expire(waiter, maxWaitMs, settled.signal);
        });
      } finally {
        // With a reason: Node makes an exception where there is none, which costs more than all of the waiting.
        settled.abort("settled");
        if (abort !== undefined) cancel?.removeEventListener("abort", abort);
      }
    },
    deliver: (token) => {
      for (const waiter of waiters) waiter.resolve(token);
      waiters.clear();
    },
    reject: (error) => {
      for (const waiter of waiters) waiter.reject(error);
      waiters.clear();
    },
    dismissBefore: (untilMs, error) => {
      for (const waiter of waiters) if (waiter.deadlineMs < untilMs) giveUp(waiter, error);
    },
  };
}

/** Makes the error of a caller whose signal has aborted, for the given reason. */
export function buildAbortedError(reason: unknown): AbortedError {
  return new AbortedError("The caller stopped waiting for an access token", { cause: reason });
}
