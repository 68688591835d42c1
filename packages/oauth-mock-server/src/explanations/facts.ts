/**
 * What an explanation is made from. No secret, token or proof is among the facts, only what was found out about them.
 *
 * @module
 */

import type { ClientRecord, ServerPolicy } from "@credicorp/oauth-core/authorization-server";

import type { RequestEntry } from "../journal/journal-entry.ts";
import type { Reasoning } from "./explanation.ts";
import type { SecretFinding } from "./secret-finding.ts";

/** The dates of a JWT, in seconds since the Unix epoch, as far as it can be read. */
export interface JwtDates {
  readonly issuedAt?: number | undefined;
  readonly notBefore?: number | undefined;
  readonly expiresAt?: number | undefined;
}

/** What can be said of an assertion, a proof or a token without showing it. */
export interface JwtFacts extends JwtDates {
  /** What it is signed with, when that is an algorithm by name. */
  readonly algorithm?: string | undefined;
  readonly hasKid: boolean;

  /** Whom it is for: a common mistake is the URL of the endpoint in place of the issuer. */
  readonly audience:
    | "issuer"
    | "token_endpoint"
    | "issuer_with_slash"
    | "several"
    | "other"
    | "none";
}

/** What the client did in the time that its budget looks back on. */
export interface History {
  readonly windowSeconds: number;
  readonly tokensIssued: number;
  readonly failures: number;
}

/** All that is known about a request that was not served. */
export interface Facts {
  readonly entry: RequestEntry;

  /** When it was decided, in seconds since the Unix epoch. */
  readonly now: number;
  readonly policy: ServerPolicy;

  /** As it was registered at that time. */
  readonly client: ClientRecord | undefined;
  readonly secret: SecretFinding;

  /** A registered id that is almost the one that was sent. */
  readonly similarClientId: string | undefined;
  readonly assertion: JwtFacts | undefined;
  readonly proof: JwtFacts | undefined;

  /** The token that a request to introspect or to revoke is about. */
  readonly token: JwtFacts | undefined;
  /** Worked out when a reason asks: the journal is long. */
  readonly history: () => History;
}

/** Gives the reasons behind one code. */
export type Reason = (facts: Facts) => Reasoning;
