/**
 * From a request to an outcome: credentials, token, possession, scope, in this order.
 *
 * @module
 */

import type { MaybePromise } from "../ports.ts";
import type { CredentialsReading, ResourceRequest } from "./credentials.ts";
import { readCredentials } from "./credentials.ts";
import type { Outcome } from "./outcome.ts";
import { requireScope } from "./outcome.ts";
import type { PossessionContext, Presented } from "./possession/require-possession.ts";
import { requirePossession } from "./possession/require-possession.ts";

/** The steps of a resource, set up once. */
export interface RequestContext {
  /** Verifies a token, whoever sent it: see `verify-token.ts`. `scope` is what the request needs. */
  readonly verifyToken: (
    token: string,
    scope: readonly string[] | undefined,
  ) => MaybePromise<Outcome>;
  readonly possession: PossessionContext;

  /** As in {@link CredentialsReading}. */
  readonly isKnownToken?: CredentialsReading["isKnownToken"];
}

/** Decides whether a request may go on; at once where nothing has to wait. */
export function verifyRequest(
  request: ResourceRequest,
  scope: readonly string[] | undefined,
  { verifyToken, possession, isKnownToken }: RequestContext,
): MaybePromise<Outcome> {
  const read = readCredentials(request, { dpop: possession.dpop !== undefined, isKnownToken });
  if (!read.ok) return read.failure;
  const credentials = read.value;
  const attempt: Attempt = { request, credentials, scope };
  const outcome = verifyToken(credentials.token, scope);
  return outcome instanceof Promise
    ? outcome.then((settled) => judge(settled, attempt, possession))
    : judge(outcome, attempt, possession);
}

interface Attempt extends Presented {
  readonly scope: readonly string[] | undefined;
}

function judge(
  outcome: Outcome,
  attempt: Attempt,
  possession: PossessionContext,
): MaybePromise<Outcome> {
  const proven = requirePossession(outcome, attempt, possession);
  return proven instanceof Promise
    ? proven.then((settled) => conclude(settled, attempt))
    : conclude(proven, attempt);
}

/** Errors are told in the scheme that was used (RFC 9449 section 7.1). */
function conclude(proven: Outcome, { credentials, scope }: Attempt): Outcome {
  const outcome = scope === undefined ? proven : requireScope(proven, scope);
  const { scheme } = credentials;
  return scheme === "bearer" || outcome.kind !== "rejected" ? outcome : { ...outcome, scheme };
}
