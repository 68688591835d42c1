import type { AnyOAuthError, Clock, Result } from "@credicorp/oauth-core";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";

import { settleWithin } from "./settle-within.ts";
import { shareSignal } from "./shared-signal.ts";
import type { Patience, WaitingCallers, WaitingCallersOptions } from "./waiting-callers.ts";
import { buildAbortedError } from "./waiting-callers.ts";

/** What {@link createPollingCallers} needs. */
export interface PollingCallersOptions extends WaitingCallersOptions {
  readonly clock: Pick<Clock, "monotonicMs">;

  /**
   * Makes what each caller does at each of its looks, told how long it has slept before. It returns the request that this
   * caller has thereby taken over.
   */
  readonly watch: () => (sleptMs: number) => Promise<void> | undefined;
}

interface Waiter {
  readonly deadlineMs: number;

  /** A value: it may be written by one request of the platform and read by another. */
  outcome: Outcome | undefined;
}

type Outcome = Result<AccessToken, AnyOAuthError>;

const firstPollMs = 10;
const pollGrowth = 1.5;
const maxPollMs = 200;

/**
 * Makes the place where callers wait who may not await one another's promises: each looks for its outcome, by timers of
 * its own.
 */
export function createPollingCallers(options: PollingCallersOptions): WaitingCallers {
  const { sleep, clock, watch, onLeft, fallback, explain } = options;
  const waiters = new Set<Waiter>();

  function leave(waiter: Waiter, outcome: Outcome): void {
    if (!waiters.delete(waiter)) return;
    waiter.outcome = outcome;
    onLeft(outcome.ok || outcome.failure.kind !== "aborted");
  }

  function giveUp(waiter: Waiter, error: AnyOAuthError): void {
    const token = fallback();
    leave(waiter, token === undefined ? { ok: false, failure: error } : { ok: true, value: token });
  }

  function concludeAll(outcome: Outcome): void {
    for (const waiter of waiters) waiter.outcome = outcome;
    waiters.clear();
  }

  /** Ends a wait whose time or signal has ended; else tells how long it may go on. */
  function remainingMs(waiter: Waiter, { signal, maxWaitMs }: Patience): number {
    if (signal?.aborted) leave(waiter, { ok: false, failure: buildAbortedError(signal.reason) });
    const leftMs = waiter.deadlineMs - clock.monotonicMs();
    if (leftMs <= 0) giveUp(waiter, explain(maxWaitMs));
    return leftMs;
  }

  return {
    wait: async (patience, deadlineMs, request) => {
      const { waitUntil } = patience;
      const signal = patience.signal && shareSignal(patience.signal);
      const waiter: Waiter = { deadlineMs, outcome: undefined };
      waiters.add(waiter);
      const look = watch();
      let own = request?.then(() => "ended");
      for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * pollGrowth, maxPollMs)) {
        const leftMs = remainingMs(waiter, patience);
        if (waiter.outcome !== undefined) return resultOf(waiter.outcome);
        const bound = { timeoutMs: Math.min(pollMs, leftMs), sleep, signal };
        // What this caller asked for itself it may await.
        if (own === undefined) await sleep(bound.timeoutMs, signal);
        else if ((await settleWithin(own, bound)) !== undefined) own = undefined;
        if (waiter.outcome !== undefined || signal?.aborted) continue;
        const taken = look(bound.timeoutMs);
        if (taken === undefined) continue;
        waitUntil?.(taken);
        own = taken.then(() => "ended");
      }
    },
    deliver: (token) => concludeAll({ ok: true, value: token }),
    reject: (error) => concludeAll({ ok: false, failure: error }),
    dismissBefore: (untilMs, error) => {
      for (const waiter of waiters) if (waiter.deadlineMs < untilMs) giveUp(waiter, error);
    },
  };
}

function resultOf(outcome: Outcome): AccessToken {
  if (outcome.ok) return outcome.value;
  throw outcome.failure;
}
