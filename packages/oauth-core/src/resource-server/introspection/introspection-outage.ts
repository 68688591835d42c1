/**
 * Why nobody can tell whether a token is active.
 *
 * None of these is the caller's fault: he gets a 503, and keeps his token.
 *
 * @module
 */

import type { UnavailableOutcome } from "../outcome.ts";
import { unavailable } from "../outcome.ts";

/** A request for introspection that brought no answer to be believed. */
export interface IntrospectionOutage {
  /** Such as `network`, `introspection_client_refused`, `introspection_not_json`; never input. */
  readonly code: string;

  /** What the server asked for; `undefined` when it did not. */
  readonly retryAfterSeconds?: number | undefined;
}

// What one token may cause for itself alone. Whoever sends such a token must not stop the others.
const ofOneToken: ReadonlySet<string> = new Set([
  "too_large",
  "introspection_refused",
  "introspection_active_invalid",
  "introspection_member_invalid",
]);

/** Tells whether the other tokens would fare no better, so that the server is left alone for a while. */
export function concernsEveryToken({ code }: IntrospectionOutage): boolean {
  return !ofOneToken.has(code);
}

/** Makes the outcome of a request whose token nobody can tell anything of. */
export function introspectionUnavailable(outage: IntrospectionOutage): UnavailableOutcome {
  return unavailable(Math.max(1, Math.ceil(outage.retryAfterSeconds ?? 1)), {
    code: "introspection_unavailable",
    message: `The token cannot be introspected: ${outage.code}`,
    reference: "RFC 7662 section 2.3",
  });
}
