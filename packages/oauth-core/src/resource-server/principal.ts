import type { AccessTokenClaims } from "../jwt/access-token-claims.ts";

/** Who a request comes from, and what it may do. */
export interface Principal {
  /** The OAuth client. */
  readonly clientId: string;

  /** The same as `clientId` for tokens of the client credentials grant. */
  readonly subject: string;

  /** What was granted; compare whole tokens only. */
  readonly scope: readonly string[];

  /** All claims of the access token, verified. */
  readonly claims: PrincipalClaims;
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
