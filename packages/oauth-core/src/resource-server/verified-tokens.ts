/**
 * Tokens that have been verified, kept for when they come again.
 *
 * Exact: a token is found only when the whole of it is the same. Positive: whatever was refused is never in here, so
 * that nobody without good tokens can fill it. Bounded by bytes.
 *
 * @module
 */

import type { AccessTokenClaims } from "../jwt/access-token-claims.ts";
import type { KeyQuery } from "../key-set/key-set-key.ts";
import type { VerificationKey } from "../signature-engine.ts";
import type { KeptToken, KeptTokens } from "./kept-tokens.ts";
import { createKeptTokens } from "./kept-tokens.ts";
import type { OkOutcome } from "./outcome.ts";
import type { TrustedIssuer } from "./trusted-issuer.ts";

/** What a verification found; it holds for this issuer, as it is trusted here, and for this key alone. */
export interface VerifiedToken extends KeyQuery, KeptToken {
  readonly issuer: TrustedIssuer;

  /** The key that the signature is good for. */
  readonly key: VerificationKey;

  /** What it says, its extensions as they are given out. */
  readonly claims: AccessTokenClaims;

  /** Says nothing of possession. Frozen at every level: all requests with this token share it. */
  readonly outcome: OkOutcome;
}

/** A place for verified tokens. */
export type VerifiedTokens = KeptTokens<VerifiedToken>;

/** Makes an empty place that holds about `maxBytes` at most. */
export function createVerifiedTokens(options: { readonly maxBytes: number }): VerifiedTokens {
  return createKeptTokens(options);
}
