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
  readonly claims: AccessTokenClaims;
}

/** Makes the principal of a verified token. */
export function toPrincipal(claims: AccessTokenClaims): Principal {
  const { clientId, subject, scope } = claims;
  return { clientId, subject, scope, claims };
}
