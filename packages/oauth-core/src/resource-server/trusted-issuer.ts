import type { AccessTokenPolicy } from "../jwt/verify-access-token.ts";
import type { KeyQuery } from "../key-set/key-set-key.ts";
import type { SettledKeyLookup } from "../key-set/key-set-machine.ts";
import type { MaybePromise } from "../ports.ts";
import type { RevocableToken } from "../revocation/revocation-set.ts";
import type { ObserveToken } from "./watching/token-sight.ts";

/** An issuer whose tokens are accepted: by which rules, with which keys, except for which tokens. Nothing is shared. */
export interface TrustedIssuer {
  readonly policy: AccessTokenPolicy;

  /** Finds a key of this issuer; at once where it can. Equal keys must be the same object. */
  readonly lookUpKey: (query: KeyQuery) => MaybePromise<SettledKeyLookup>;

  /** Tells whether a good token has been revoked; absent: tokens are good until they expire. */
  readonly checkRevocation?: CheckRevocation | undefined;

  /** Sees its tokens whose signature is good, not again while they are kept; absent: nobody looks. */
  readonly observe?: ObserveToken | undefined;
}

/** Answers at once where what is known is young enough. */
export type CheckRevocation = (token: RevocableToken) => MaybePromise<RevocationVerdict>;

/** What is known of a token's revocation; `unavailable`: too little to let anybody in. */
export type RevocationVerdict =
  | { readonly kind: "not_revoked" }
  | { readonly kind: "revoked" }
  | { readonly kind: "unavailable"; readonly retryAfterSeconds: number };

/**
 * Finds the issuer whose rules a token is judged by, from the `iss` that it claims, which proves nothing yet.
 *
 * `undefined`: no such issuer is trusted, and nobody is asked about it.
 */
export type FindIssuer = (issuer: string | undefined) => TrustedIssuer | undefined;

/** Makes every token be judged by the rules of one issuer, which refuse those of another. */
export function trustOnly(issuer: TrustedIssuer): FindIssuer {
  return () => issuer;
}

/** Tells issuers apart by the whole of their name. */
export function trustEach(issuers: readonly TrustedIssuer[]): FindIssuer {
  const byName = new Map(issuers.map((issuer) => [issuer.policy.issuer, issuer]));
  return (name) => (name === undefined ? undefined : byName.get(name));
}
