import type { AccessTokenClaims } from "../jwt/access-token-claims.ts";
import type { GrantedScope } from "./granted-scope.ts";

/** Claims whose extensions a schema has read. */
export type ClaimsWith<Extensions> = Omit<PrincipalClaims, "extensions"> & {
  readonly extensions: Extensions;
};

/**
 * Who a request comes from, and what it may do.
 *
 * `Granted` is the scope that a guard has seen to: a function that takes a `Principal<"decisions:read">` cannot be called
 * for a request that was not asked for that scope.
 */
export interface Principal<Granted extends string = never, Claims = PrincipalClaims> {
  /** The OAuth client. */
  readonly clientId: string;

  /** The same as `clientId` for tokens of the client credentials grant. */
  readonly subject: string;

  /** What was granted; compare whole tokens only. */
  readonly scope: GrantedScope<Granted>;

  /** All claims of the access token, verified. */
  readonly claims: Claims;
}

/**
 * What is known of a good token. Of one that was introspected the issuer may not tell the `jti`; nor the audience, where
 * every audience is accepted: it is empty then.
 */
export interface PrincipalClaims extends Omit<AccessTokenClaims, "jti"> {
  readonly jti?: string | undefined;
}

/** Makes the principal of a verified token. */
export function toPrincipal(claims: PrincipalClaims): Principal {
  const { clientId, subject, scope } = claims;
  return { clientId, subject, scope, claims };
}
