import type { FetchOutcome } from "./end-fetch.ts";
import type { LookupStep } from "./key-set-machine.ts";
import type { KeySetReport } from "./key-set-report.ts";
import { reportFetch, reportPhase } from "./key-set-report.ts";
import type { KeySetPhase, KeySetState } from "./key-set-state.ts";
import { keySetPhase } from "./key-set-state.ts";

/** Watches the steps of a key-set machine; lookups of fresh keys are none. */
export interface KeySetReporter {
  readonly fetchEnded: (
    before: KeySetState,
    after: KeySetState,
    context: { readonly outcome: FetchOutcome; readonly nowMs: number },
  ) => void;
  readonly lookedUp: (step: LookupStep, nowMs: number) => void;
}

const throttledIntervalMs = 60_000;

/** Tells each thing once: a phase when it begins, throttled key ids at once and then once a minute. */
export function createKeySetReporter(report: (report: KeySetReport) => void): KeySetReporter {
  let toldPhase: KeySetPhase | undefined;
  let refused = 0;
  let throttledMs = -Infinity;

  const tellPhase = (state: KeySetState, nowMs: number): void => {
    const told = reportPhase(state, toldPhase, nowMs);
    toldPhase = state.failures === 0 ? undefined : keySetPhase(state, nowMs);
    if (told !== undefined) report(told);
  };

  return {
    fetchEnded: (before, after, context) => {
      reportFetch(before, after, context).forEach(report);
      tellPhase(after, context.nowMs);
    },
    lookedUp: ({ state, isThrottled }, nowMs) => {
      if (state.failures > 0) tellPhase(state, nowMs);
      if (isThrottled !== true) return;
      refused += 1;
      if (nowMs - throttledMs < throttledIntervalMs) return;
      throttledMs = nowMs;
      report({ type: "unknown_key_throttled", refused });
      refused = 0;
    },
  };
}
