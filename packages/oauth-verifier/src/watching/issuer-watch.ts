import type { HttpTransport } from "@credicorp/oauth-core";
import type {
  ClockSkewWatch,
  ObserveToken,
  PolicyTrialResult,
} from "@credicorp/oauth-core/resource-server";
import {
  createPolicyTrial,
  readIssuerOffset,
  watchClockSkew,
} from "@credicorp/oauth-core/resource-server";

import type { CheckedIssuerOptions } from "../options/issuer-options.ts";
import type { VerifierPorts } from "../options/verifier-ports.ts";
import type { CheckedReportOnly } from "./candidate-policy.ts";
import type { VerifierEvents, VerifierReport } from "./verifier-events.ts";

/** What is noticed of one issuer: its clock, its keys, its tokens. */
export interface IssuerWatch {
  /** Tells subscribers. */
  readonly report: (report: VerifierReport) => void;

  /** The ports, with an eye on the `Date` of answers. */
  readonly ports: VerifierPorts;

  /** Sees tokens with a good signature. */
  readonly observe: ObserveToken;
  readonly issuerOffsetSeconds: () => number | undefined;

  /** What a candidate policy would have done; `undefined` without one. */
  readonly trial: () => PolicyTrialResult | undefined;
}

/** Begins to watch an issuer. */
export function watchIssuer(
  { policy, candidate, onReport }: Pick<CheckedIssuerOptions, "policy"> & CheckedReportOnly,
  { events, ports }: { readonly events: VerifierEvents; readonly ports: VerifierPorts },
): IssuerWatch {
  const { issuer, clockToleranceSeconds: toleranceSeconds } = policy;
  const { clock } = ports;
  const report = (told: VerifierReport): void => events.publish({ ...told, issuer });
  const skew = watchClockSkew({
    toleranceSeconds,
    clock,
    report: (found) => report({ type: "clock_skew_suspected", ...found }),
  });
  if (onReport !== undefined) {
    events.subscribe((event) =>
      event.type === "policy_differs" && event.issuer === issuer ? onReport(event) : undefined,
    );
  }
  const trial =
    candidate &&
    createPolicyTrial(candidate, {
      clock,
      report: (found) => report({ type: "policy_differs", ...found }),
    });

  return {
    report,
    ports: { ...ports, transport: watchDates(ports, skew.observeDate) },
    observe:
      trial === undefined
        ? skew.observeToken
        : (sight) => {
            skew.observeToken(sight);
            trial.observe(sight);
          },
    issuerOffsetSeconds: skew.issuerOffsetSeconds,
    trial: () => trial?.total(),
  };
}

function watchDates(
  { transport, clock }: Pick<VerifierPorts, "transport" | "clock">,
  observeDate: ClockSkewWatch["observeDate"],
): HttpTransport {
  return async (request, options) => {
    const startedMs = clock.monotonicMs();
    const response = await transport(request, options);
    if (!response.ok) return response;
    const received = { now: clock.now(), elapsedMs: clock.monotonicMs() - startedMs };
    const offset = readIssuerOffset(response.value.headers, received);
    if (offset !== undefined) observeDate(offset);
    return response;
  };
}
