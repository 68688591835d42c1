/**
 * Why the sandbox refused a request, in words: what was received, what was wrong with it, and what to do.
 *
 * @module
 */

import type { InactiveReason, RefusalReason } from "@credicorp/oauth-core/authorization-server";

/** Why a request was not served on which the server did not decide. */
export type UndecidedReason = "request_failed" | "fault_rule" | "host_not_ours" | "cross_site";

/** For those who may know: it tells apart what callers are not told apart. No secret and no token is in it. */
export interface Explanation {
  /** The `X-Request-Id` of the answer. */
  readonly requestId: string;

  /** When the request arrived, in seconds since the Unix epoch, by the clock of the sandbox. */
  readonly at: number;

  /** Of the answer. */
  readonly status: number;

  /** The client that the request names, when there is one of that name. */
  readonly clientId?: string | undefined;

  /** The reason as a code, to be compared. */
  readonly why: RefusalReason | InactiveReason | UndecidedReason;

  /** All of it in a sentence. */
  readonly summary: string;

  /** What there was of the request, a line each. */
  readonly received: readonly string[];
  readonly cause: string;
  readonly remedy: string;

  /** The page about the error code. */
  readonly docs: string;

  /** The rule, such as `RFC 6749 section 5.2`. */
  readonly rfc: string;
}

/** What is said of one reason. */
export type Reasoning = Pick<Explanation, "cause" | "remedy" | "rfc">;
