import type { HttpTransport } from "@credicorp/oauth-core";
import type { AccessTokenPolicy } from "@credicorp/oauth-core/jwt";
import type { InitialKeys } from "@credicorp/oauth-core/key-set";
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

import type { VerifierOptions, VerifierPorts } from "../verifier-options.ts";
import { checkCandidate } from "./candidate-policy.ts";
import { unsealKeys } from "./exported-keys.ts";
import type { VerifierEvents, VerifierReport } from "./verifier-events.ts";
import { createVerifierEvents } from "./verifier-events.ts";

/** What is noticed of one issuer: its clock, its keys, its tokens. */
export interface IssuerWatch {
  readonly issuer: string;
  readonly events: VerifierEvents;

  /** Tells subscribers. */
  readonly report: (report: VerifierReport) => void;

  /** The ports, with an eye on the `Date` of answers. */
  readonly ports: VerifierPorts;

  /** Sees tokens with a good signature. */
  readonly observe: ObserveToken;
  readonly issuerOffsetSeconds: () => number | undefined;

  /** What a candidate policy would have done; `undefined` without one. */
  readonly trial: () => PolicyTrialResult | undefined;

  /** Has the keys of an earlier process; absent without the option `initialKeys`. */
  readonly initialKeys: InitialKeys | undefined;
}

/** Begins to watch an issuer. @throws {@link ConfigurationError} for an option that is wrong */
export function startWatching(
  options: VerifierOptions,
  { policy, ports }: { readonly policy: AccessTokenPolicy; readonly ports: VerifierPorts },
): IssuerWatch {
  const { issuer, clockToleranceSeconds: toleranceSeconds } = policy;
  const { bytes, clock } = ports;
  const { initialKeys, reportOnly } = options;
  const events = createVerifierEvents();
  const report = (told: VerifierReport): void => events.publish({ ...told, issuer });
  const skew = watchClockSkew({
    toleranceSeconds,
    clock,
    report: (found) => report({ type: "clock_skew_suspected", ...found }),
  });
  const candidate = checkCandidate(options, policy);
  const onReport = reportOnly?.onReport;
  if (onReport !== undefined) {
    events.subscribe((event) => (event.type === "policy_differs" ? onReport(event) : undefined));
  }
  const trial =
    candidate &&
    createPolicyTrial(candidate, {
      clock,
      report: (found) => report({ type: "policy_differs", ...found }),
    });

  return {
    issuer,
    events,
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
    initialKeys: initialKeys && (async () => unsealKeys(initialKeys, { issuer, bytes })),
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
