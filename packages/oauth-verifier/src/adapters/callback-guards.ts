/**
 * Guards for frameworks that go on by a callback, and find the principal at the request.
 *
 * @module
 */

import type { MaybePromise } from "@credicorp/oauth-core";
import type { GrantedBy, Principal } from "@credicorp/oauth-core/resource-server";
import type { VerifiableRequest, Verifier } from "../verifier.ts";
import type { Answered, Guard, Passage } from "./guard.ts";
import { createGuard } from "./guard.ts";
import type { PrincipalSlot } from "./principal-slot.ts";

/** What a framework calls; it makes no promise where nothing has to wait. */
export type Hook<Request, Response, Failure> = (
  request: Request,
  response: Response,
  done: (error?: Failure) => void,
) => void;

/** Tells who sent a request. */
export interface PrincipalReader<Request, Granted extends string, Claims> {
  /** Who sent the request. Throws where no guard has asked for this scope. */
  readonly principalOf: (request: Request) => Principal<Granted, Claims>;
}

/** Makes guards for routes, and tells who sent a request, whatever its guard asked for. */
export interface GuardMaker<
  Guarding,
  Request,
  Scope extends string,
  Claims,
> extends PrincipalReader<Request, never, Claims> {
  /** Asks for a token that was granted every one of these scope tokens; with none, for a good token. */
  <const List extends readonly Scope[]>(
    ...scope: List
  ): Guarding & PrincipalReader<Request, GrantedBy<List>, Claims>;
}

/** What a framework does in its own way. */
export interface CallbackFramework<Request, Response> {
  readonly show: (request: Request) => VerifiableRequest;
  readonly answer: (answered: Answered, request: Request, response: Response) => void;

  /** Adds a field to the answer of the route. */
  readonly addField: (response: Response, name: string, value: string) => void;
}

/** Makes the `requireScope(…)` of a framework. */
export function createGuardMaker<
  Request extends object,
  Response,
  Failure,
  Scope extends string,
  Claims,
>(
  verifier: Verifier<Scope, Claims>,
  slot: PrincipalSlot<Claims>,
  framework: CallbackFramework<Request, Response>,
): GuardMaker<Hook<Request, Response, Failure>, Request, Scope, Claims> {
  const { show, answer, addField } = framework;
  const makeHook =
    (guard: Guard<never, Claims>): Hook<Request, Response, Failure> =>
    (request, response, done) => {
      const settle = (passage: Passage<never, Claims>): void => {
        try {
          if (passage.kind === "answered") return answer(passage, request, response);
          for (const [name, value] of passage.responseHeaders) addField(response, name, value);
          slot.put(request, passage.principal);
          return done();
        } catch (error) {
          return done(error as Failure);
        }
      };
      let passage: MaybePromise<Passage<never, Claims>>;
      try {
        passage = guard(show(request));
      } catch (error) {
        return done(error as Failure);
      }
      if (!(passage instanceof Promise)) return settle(passage);
      passage.then(settle, done);
      return undefined;
    };
  const requireScope = (...scope: readonly Scope[]) =>
    Object.assign(makeHook(createGuard(verifier, scope)), { principalOf: slot.readerOf(scope) });
  return Object.assign(requireScope, { principalOf: slot.readerOf([]) });
}
