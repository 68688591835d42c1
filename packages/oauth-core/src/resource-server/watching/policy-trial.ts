/**
 * Counts what a candidate policy would decide otherwise, and tells of it now and then.
 *
 * @module
 */

import type { Clock } from "../../ports.ts";
import type { CandidatePolicy, PolicyDifference } from "./compare-policies.ts";
import { compareVerdicts } from "./compare-policies.ts";
import type { TokenSight } from "./token-sight.ts";

/** How many tokens the candidate would treat otherwise, in one way. */
export interface PolicyDifferenceCount extends PolicyDifference {
  readonly count: number;
}

/** What a trial has found. */
export interface PolicyTrialResult {
  /** Tokens that were looked at: one that came again while it was kept counts once. */
  readonly judged: number;
  readonly differences: readonly PolicyDifferenceCount[];
}

/** A trial that is going on. */
export interface PolicyTrial {
  readonly observe: (sight: TokenSight) => void;

  /** All that was found since the start. */
  readonly total: () => PolicyTrialResult;
}

const reportIntervalMs = 60_000;
const maxRemembered = 1000;
const maxIdLength = 128;

/**
 * Starts a trial.
 *
 * `report` hears of the first difference at once, and of what was found since then with the first difference of each later
 * minute: there is no timer. A token is counted once, as far as the last 1000 to 2000 that differed are remembered.
 */
export function createPolicyTrial(
  candidate: CandidatePolicy,
  options: {
    readonly clock: Pick<Clock, "monotonicMs">;
    readonly report: (found: PolicyTrialResult) => void;
  },
): PolicyTrial {
  const { clock, report } = options;
  const total = createTally();
  let recent = createTally();
  let reportedMs = -Infinity;
  const isNew = createMemory();

  return {
    observe: (sight) => {
      const difference = compareVerdicts(sight, candidate);
      const isCounted =
        difference === undefined || isNew(`${difference.would} ${sight.claims?.jti ?? ""}`);
      if (!isCounted) return;
      total.add(difference);
      recent.add(difference);
      if (difference === undefined) return;
      const nowMs = clock.monotonicMs();
      if (nowMs - reportedMs < reportIntervalMs) return;
      reportedMs = nowMs;
      report(recent.result());
      recent = createTally();
    },
    total: total.result,
  };
}

interface Tally {
  readonly add: (difference: PolicyDifference | undefined) => void;
  readonly result: () => PolicyTrialResult;
}

function createTally(): Tally {
  const counts = new Map<string, PolicyDifferenceCount>();
  let judged = 0;
  return {
    add: (difference) => {
      judged += 1;
      if (difference === undefined) return;
      const key = `${difference.would} ${difference.reason}`;
      counts.set(key, { ...difference, count: (counts.get(key)?.count ?? 0) + 1 });
    },
    result: () => ({ judged, differences: [...counts.values()] }),
  };
}

/** Tells whether an id is new; two generations, so that nothing is done per id but to look and to add. */
function createMemory(): (id: string) => boolean {
  let young = new Set<string>();
  let old = new Set<string>();
  return (id) => {
    const key = id.slice(0, maxIdLength);
    if (young.has(key)) return false;
    const isNew = !old.has(key);
    young.add(key);
    if (young.size >= maxRemembered) {
      old = young;
      young = new Set();
    }
    return isNew;
  };
}
