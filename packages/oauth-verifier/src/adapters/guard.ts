/**
 * What a guarded route does with a request, in any framework.
 *
 * @module
 */

import type { HeaderList, MaybePromise, ServerResponse } from "@credicorp/oauth-core";
import type {
  GrantedBy,
  Outcome,
  Principal,
  RejectedOutcome,
  UnavailableOutcome,
} from "@credicorp/oauth-core/resource-server";
import { checkRequiredScope } from "../options/required-scope.ts";
import type { VerifiableRequest, Verifier } from "../verifier.ts";

/** The request goes on. */
export interface Passed<Granted extends string, Claims> {
  readonly kind: "passed";
  readonly principal: Principal<Granted, Claims>;

  /** What the route's answer must carry beside its own fields. */
  readonly responseHeaders: HeaderList;
}

/** The request is answered, and the route never sees it. */
export interface Answered {
  readonly kind: "answered";
  readonly response: ServerResponse;

  /** Why; for the server's log. */
  readonly outcome: RejectedOutcome | UnavailableOutcome;
}

/** What becomes of a request at a guarded route. */
export type Passage<Granted extends string, Claims> = Passed<Granted, Claims> | Answered;

/** Judges requests; at once where nothing has to wait. */
export type Guard<Granted extends string, Claims> = (
  request: VerifiableRequest,
) => MaybePromise<Passage<Granted, Claims>>;

const noHeaders: HeaderList = [];

/**
 * Makes a guard that lets a request pass when its token was granted all of `scope`: what an adapter is made of.
 *
 * @throws {@link ConfigurationError} for what is no scope token, or none of the resource's when those are configured
 */
export function createGuard<
  Scope extends string,
  Claims,
  const List extends readonly NoInfer<Scope>[],
>(verifier: Verifier<Scope, Claims>, scope: List): Guard<GrantedBy<List>, Claims> {
  checkRequiredScope(verifier, scope);
  // A copy: who changes his list later has not changed what the route asks for.
  const requirement = { scope: [...scope] as unknown as List };
  const conclude = (
    outcome: Outcome<GrantedBy<List>, Claims>,
  ): Passage<GrantedBy<List>, Claims> => {
    if (outcome.kind !== "ok") {
      return { kind: "answered", response: verifier.toResponse(outcome), outcome };
    }
    const { principal, responseHeaders = noHeaders } = outcome;
    return { kind: "passed", principal, responseHeaders };
  };
  return (request) => {
    const outcome = verifier.beginRequest(request, requirement);
    return outcome instanceof Promise ? outcome.then(conclude) : conclude(outcome);
  };
}
