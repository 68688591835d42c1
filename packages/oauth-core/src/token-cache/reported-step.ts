import type { AccessToken, Instant } from "./access-token.ts";
import { ageMs, missingScope } from "./access-token.ts";
import { onLost } from "./lost-request.ts";
import { usableToken } from "./freshness.ts";
import { tellErrors } from "./step-words.ts";
import { withProvenance } from "./token-provenance.ts";
import { advanceToken } from "./token-machine.ts";
import type {
  RequestInFlight,
  TakenStep,
  TokenEvent,
  TokenReport,
  TokenState,
  TokenTransition,
} from "./token-state.ts";

/**
 * Takes one step, with all that is told of it: errors get words, tokens their provenance, and the last of the effects are
 * `report`s.
 *
 * A client that has no room for these takes {@link advanceToken}.
 */
export function stepToken(state: TokenState, event: TokenEvent, now: Instant): TokenTransition {
  const { state: after, effects } = takeStep(state, event, now);
  const step = { before: state, event, after };
  tellErrors(step, effects);
  const reports = reportStep(step, now).map((report) => ({ kind: "report", report }) as const);
  const traced = withProvenance(step, effects);
  return reports.length === 0 ? traced : { ...traced, effects: [...traced.effects, ...reports] };
}

function takeStep(state: TokenState, event: TokenEvent, now: Instant): TokenTransition {
  if (event.kind === "lost") return onLost(state);
  return event.kind === "credential_changed"
    ? { state: { ...state, outage: undefined }, effects: [] }
    : advanceToken(state, event, now);
}

/** Tells what subscribers may want to know of a step. The machine decides; this only looks. */
export function reportStep(
  { before, event, after }: TakenStep,
  now: Instant,
): readonly TokenReport[] {
  const { held, outage } = after;
  if (event.kind === "rejected" || event.kind === "revoked") {
    const isDropped = before.held !== undefined && held === undefined;
    return isDropped ? [{ type: "dropped", reason: event.kind }] : [];
  }
  if (event.kind !== "received" && event.kind !== "failed") return [];
  if (outage !== undefined && outage !== before.outage) {
    const { error, attempts } = outage;
    if (usableToken(held, now) !== undefined) {
      return [{ type: "degraded", error, attempts }];
    }
    return outage.roundTries === 0 ? [{ type: "failed", error, attempts }] : [];
  }
  if (event.kind === "failed" || held === before.held) return [];
  const reports = event.isShared
    ? [sharedReport(event.token, now)]
    : tokenReports(event.token, before.request);
  if (before.outage === undefined) return reports;
  const { attempts, since } = before.outage;
  return [...reports, { type: "recovered", attempts, since }];
}

function sharedReport(token: AccessToken, now: Instant): TokenReport {
  const { scope, lifetimeMs } = token;
  const ageSeconds = ageMs(token, now) / 1000;
  return { type: "shared", scope, lifetimeSeconds: lifetimeMs / 1000, ageSeconds };
}

/** Nobody waits for the token of a request that was stopped. */
function tokenReports(
  token: AccessToken,
  { isBackground = true }: Partial<RequestInFlight> = {},
): readonly TokenReport[] {
  const { scope, requestedScope, lifetimeSource } = token;
  const lifetimeSeconds = token.lifetimeMs / 1000;
  const reports: TokenReport[] = [
    { type: "obtained", scope, lifetimeSeconds, lifetimeSource, isBackground },
  ];
  if (missingScope(token).length > 0) {
    reports.push({ type: "scope_narrowed", requested: requestedScope, granted: scope });
  }
  if (lifetimeSource !== "expires_in") {
    reports.push({ type: "lifetime_guessed", lifetimeSource, lifetimeSeconds });
  }
  return reports;
}
