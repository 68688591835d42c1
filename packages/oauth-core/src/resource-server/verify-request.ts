/**
 * From a request to an outcome: credentials, token, possession, scope, in this order.
 *
 * @module
 */

import type { MaybePromise } from "../ports.ts";
import type { ResourceRequest } from "./credentials.ts";
import { readCredentials } from "./credentials.ts";
import type { Outcome } from "./outcome.ts";
import { requireScope } from "./outcome.ts";
import type { PossessionContext } from "./possession/require-possession.ts";
import { requirePossession } from "./possession/require-possession.ts";

/** The steps of a resource, set up once. */
export interface RequestContext {
  /** Verifies a token, whoever sent it: see `verify-token.ts`. `scope` is what the request needs. */
  readonly verifyToken: (
    token: string,
    scope: readonly string[] | undefined,
  ) => MaybePromise<Outcome>;
  readonly possession: PossessionContext;
}

/** Decides whether a request may go on; at once where nothing has to wait. */
export function verifyRequest(
  request: ResourceRequest,
  scope: readonly string[] | undefined,
  context: RequestContext,
): MaybePromise<Outcome> {
  const { verifyToken, possession } = context;
  const read = readCredentials(request, { dpop: possession.dpop !== undefined });
  if (!read.ok) return read.failure;
  const credentials = read.value;
  const conclude = (outcome: Outcome): Outcome =>
    inScheme(scope === undefined ? outcome : requireScope(outcome, scope), credentials.scheme);
  const prove = (outcome: Outcome): MaybePromise<Outcome> => {
    const proven = requirePossession(outcome, { request, credentials }, possession);
    return proven instanceof Promise ? proven.then(conclude) : conclude(proven);
  };
  const outcome = verifyToken(credentials.token, scope);
  return outcome instanceof Promise ? outcome.then(prove) : prove(outcome);
}

/** Errors are told in the scheme that was used (RFC 9449 section 7.1). */
function inScheme(outcome: Outcome, scheme: "bearer" | "dpop"): Outcome {
  if (scheme === "bearer" || outcome.kind !== "rejected") return outcome;
  return { ...outcome, scheme };
}
