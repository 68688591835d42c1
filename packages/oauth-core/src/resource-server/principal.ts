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

/** Makes the principal of a verified token; frozen, so that one request cannot change what another sees. */
export function toPrincipal(claims: AccessTokenClaims): Principal {
  const { clientId, subject } = claims;
  const scope = Object.freeze(claims.scope);
  return Object.freeze({ clientId, subject, scope, claims: Object.freeze(claims) });
}
