/**
 * What becomes of a request to a protected resource.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 | RFC 6750 section 3.1}
 * @module
 */

import type { HeaderList } from "../http.ts";
import type { ProtocolFailure } from "../result.ts";
import type { GrantedBy } from "./granted-scope.ts";
import type { Principal, PrincipalClaims } from "./principal.ts";

/** What the caller is told; `no_credentials` is the challenge without an error code. */
export type ResourceErrorCode =
  | "no_credentials"
  | "invalid_request"
  | "invalid_token"
  | "insufficient_scope"
  | "invalid_dpop_proof"
  | "use_dpop_nonce";

/** The request may go on. */
export interface OkOutcome<Granted extends string = never, Claims = PrincipalClaims> {
  readonly kind: "ok";
  readonly principal: Principal<Granted, Claims>;

  /** Fields to add to the answer, whatever it is: the next nonce for proofs, when the present one is about to end. */
  readonly responseHeaders?: HeaderList | undefined;
}

/** The request is refused. */
export interface RejectedOutcome {
  readonly kind: "rejected";
  readonly error: ResourceErrorCode;

  /** Why, for the server's log. The caller must not learn it: it would tell a forger how far he came. */
  readonly detail: ProtocolFailure;

  /** With `insufficient_scope`: what the resource needs. */
  readonly requiredScope?: readonly string[];

  /** The scheme that the request used, in which the error is told. @defaultValue `bearer` */
  readonly scheme?: "bearer" | "dpop" | undefined;

  /** Fields that {@link toResponse} adds: the nonce for the next proof, where there is a new one. */
  readonly responseHeaders?: HeaderList | undefined;
}

/** It cannot be told whether the token is good: no reason for the caller to throw it away. */
export interface UnavailableOutcome {
  readonly kind: "unavailable";
  readonly retryAfterSeconds: number;

  /** Why, for the server's log. */
  readonly detail: ProtocolFailure;

  /** What the option `claims` or the signature engine threw: for debugging only, as it may hold claims. */
  readonly cause?: unknown;
}

/** The outcome of a verification. */
export type Outcome<Granted extends string = never, Claims = PrincipalClaims> =
  | OkOutcome<Granted, Claims>
  | RejectedOutcome
  | UnavailableOutcome;

/** Makes the outcome of a request that is refused. */
export function rejected(error: ResourceErrorCode, detail: ProtocolFailure): RejectedOutcome {
  return { kind: "rejected", error, detail };
}

/** Makes the outcome of a request of which nobody can tell. */
export function unavailable(
  retryAfterSeconds: number,
  detail: ProtocolFailure,
): UnavailableOutcome {
  return { kind: "unavailable", retryAfterSeconds, detail };
}

/** Turns a good outcome into a refusal unless every one of the scope tokens was granted. */
export function requireScope<const List extends readonly string[], Claims>(
  outcome: Outcome<never, Claims>,
  scope: List,
): Outcome<GrantedBy<List>, Claims> {
  if (outcome.kind !== "ok") return outcome;
  const granted: readonly string[] = outcome.principal.scope;
  // The compiler takes it from here on that they were granted.
  if (scope.every((token) => granted.includes(token))) {
    return outcome as OkOutcome<GrantedBy<List>, Claims>;
  }
  return {
    kind: "rejected",
    error: "insufficient_scope",
    detail: {
      code: "scope_insufficient",
      message: "The access token was not granted the scope that the resource needs",
      reference: "RFC 6750 section 3.1",
    },
    requiredScope: scope,
    responseHeaders: outcome.responseHeaders,
  };
}
