/**
 * Why a token is accepted or refused, for the eyes of those who run the server.
 *
 * It is plain data, and holds neither the token nor a part of it, nor its signature. Of what the token says it shows
 * `typ`, `alg`, `kid`, `iss`, `aud`, `scope`, the times, and the names of faulty claims and of the members of `cnf`; never
 * `sub`, `client_id`, `jti` or an extension. A caller must not see it: it would tell a forger how far he came.
 *
 * @module
 */

import type { KeySetHealth } from "../../key-set/remote-key-set.ts";
import type { ResourceErrorCode } from "../outcome.ts";

/** A check that verification makes. */
export type TokenCheckName =
  | "form"
  | "type"
  | "algorithm"
  | "key"
  | "signature"
  | "claims"
  | "issuer"
  | "audience"
  | "expiry"
  | "not_before"
  | "schema"
  | "revocation"
  | "introspection"
  | "confirmation"
  | "scope";

/**
 * How a check went.
 *
 * `unknown`: nobody can tell at the moment, as while the issuer's keys cannot be had. `not_reached`: an earlier check left
 * nothing to look at. `not_asked`: this verifier does not make it, as without a feed of revocations.
 */
export type TokenCheckStatus = "passed" | "failed" | "unknown" | "not_reached" | "not_asked";

/** One check of a token. */
export interface TokenCheck {
  readonly name: TokenCheckName;
  readonly status: TokenCheckStatus;

  /** What the policy asks for. */
  readonly expected: string;

  /** What the token has; absent where nothing was looked at. */
  readonly actual?: string | undefined;

  /** The rule, such as `RFC 9068 section 4`. */
  readonly reference: string;

  /** What to do about it, in one sentence; absent where there is nothing to do. */
  readonly advice?: string | undefined;
}

/** What verification says of the token. */
export type ExplainedVerdict =
  | { readonly kind: "ok" }
  | { readonly kind: "rejected"; readonly error: ResourceErrorCode; readonly code: string }
  | { readonly kind: "unavailable"; readonly code: string; readonly retryAfterSeconds: number };

/** The times of a token beside this clock; all in seconds, instants since the Unix epoch. */
export interface ExplainedClock {
  /** This clock when the token was judged. */
  readonly now: number;

  /** Absent: the token's issuer is not trusted, and has no rules. */
  readonly toleranceSeconds?: number | undefined;

  /** The token's, as far as they are well formed. */
  readonly issuedAt?: number | undefined;
  readonly notBefore?: number | undefined;
  readonly expiresAt?: number | undefined;

  /** By how much this clock is behind the issuer's at least, as the token was issued in the future; 0: it was not. */
  readonly behindBySeconds?: number | undefined;

  /** The issuer's clock less this one, as the `Date` of its last answer says; absent: none is known. */
  readonly issuerOffsetSeconds?: number | undefined;
}

/** All that can be said of one token. */
export interface TokenExplanation {
  readonly verdict: ExplainedVerdict;

  /** The check that decided: the first that failed or of which nobody can tell; absent: all passed. */
  readonly decidedBy?: TokenCheckName | undefined;

  /**
   * Whether the signature is good, or where the issuer's word is all that counts, whether it vouches for the token. If
   * not, what the token says of itself is unproven: anybody may have written it.
   */
  readonly isProven: boolean;

  /** In the order in which verification makes them. It stops at the first failure; these go on as far as they can. */
  readonly checks: readonly TokenCheck[];
  readonly clock: ExplainedClock;

  /** The issuer's keys after they were asked for the token's; absent: unknown. */
  readonly keySet?: KeySetHealth | undefined;
}
