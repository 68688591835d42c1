import type { Clock } from "@credicorp/oauth-core";

import type { Fault, FaultRule } from "./fault.ts";
import type { FaultStage } from "./fault-definitions.ts";
import { faultDefinitions } from "./fault-definitions.ts";
import type { FaultSubject } from "./fault-subject.ts";
import { endpointsOf } from "./parse-fault-rule.ts";
import { createFractions } from "./seeded-fractions.ts";

/** A rule and how it fares. */
export interface FaultStatus {
  readonly id: string;

  /** As it was added, its seed included. */
  readonly rule: FaultRule;
  readonly hits: number;

  /** `spent` after its `times`, `expired` after its time: it does not act any more. */
  readonly state: "active" | "spent" | "expired";
}

/** A rule at work. */
export interface LiveRule {
  readonly id: string;
  readonly stage: FaultStage;
  readonly fault: Fault;

  /** Tells whether it would act on a request. The answer counts: each request is asked about once. */
  readonly wants: (subject: FaultSubject) => boolean;

  /** Takes one of its times, before it is known whether it can act. */
  readonly take: () => void;

  /** Says whether it has acted; if not, the time that was taken is given back. */
  readonly settle: (hasActed: boolean) => void;
  readonly hits: () => number;
  readonly status: () => FaultStatus;
}

/** Puts a rule to work. */
export function createLiveRule(
  rule: FaultRule & { readonly id: string; readonly seed: number },
  clock: Pick<Clock, "now">,
): LiveRule {
  const { id, probability = 1, times = Infinity, after = 0, expiresInSeconds = Infinity } = rule;
  const endpoints = new Set(endpointsOf(rule));
  const fraction = createFractions(rule.seed);
  const expiresAt = clock.now() + expiresInSeconds;
  let seen = 0;
  let taken = 0;
  let hits = 0;
  const isExpired = (): boolean => clock.now() >= expiresAt;
  const matches = (subject: FaultSubject): boolean =>
    endpoints.has(subject.endpoint) &&
    (rule.client === undefined || rule.client === subject.client()) &&
    (rule.scope === undefined || subject.scope().includes(rule.scope)) &&
    (rule.fault !== "dpop_nonce_storm" || subject.hasProof);

  return {
    id,
    stage: faultDefinitions[rule.fault].stage,
    fault: rule,
    wants: (subject) => {
      if (isExpired() || !matches(subject)) return false;
      seen += 1;
      // Thrown for each request, whatever comes of it: the n-th throw belongs to the n-th request.
      const isHit = fraction() < probability;
      return isHit && seen > after && taken < times;
    },
    take: () => {
      taken += 1;
    },
    settle: (hasActed) => {
      if (hasActed) hits += 1;
      else taken -= 1;
    },
    hits: () => hits,
    status: () => ({
      id,
      rule,
      hits,
      state: isExpired() ? "expired" : hits >= times ? "spent" : "active",
    }),
  };
}
