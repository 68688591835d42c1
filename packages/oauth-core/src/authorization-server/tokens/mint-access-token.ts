import type { AccessTokenClaims } from "../../jwt/access-token-claims.ts";
import { formatAccessTokenClaims } from "../../jwt/access-token-claims.ts";
import { signCompactJws } from "../../jwt/compact-jws.ts";
import type { ClientRecord } from "../clients/client-record.ts";
import { permittedAlgorithm } from "../security-profile.ts";
import type { ServerContext } from "../server-context.ts";
import type { Grant } from "./grant-scope.ts";
import type { Confirmation } from "./sender-constraint.ts";

/** A signed token and what it says. */
export interface MintedToken {
  readonly token: string;
  readonly kid: string;
  readonly claims: AccessTokenClaims;
}

/** Who gets a token, and the key that it is bound to; a bearer token is bound to none. */
export interface TokenHolder {
  readonly client: ClientRecord;
  readonly confirmation: Confirmation | undefined;
}

/**
 * Mints a JWT access token; `undefined` while no key of the wanted algorithm may sign.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2 | RFC 9068 section 2}
 */
export async function mintAccessToken(
  grant: Grant,
  { client, confirmation }: TokenHolder,
  context: Pick<ServerContext, "policy" | "ports" | "keyRing" | "newTokenId">,
): Promise<MintedToken | undefined> {
  const { policy, ports, keyRing } = context;
  const signer = await keyRing.signer(permittedAlgorithm(client.accessTokenAlgorithm, policy));
  if (signer === undefined) return undefined;

  const now = ports.clock.now();
  const claims: AccessTokenClaims = {
    issuer: policy.issuer,
    subject: client.id,
    clientId: client.id,
    audience: grant.audience,
    scope: grant.scope,
    issuedAt: Math.floor(now),
    // Rounded up, so that the token lives for `expires_in` seconds from the answer on and not a fraction less.
    expiresAt: Math.ceil(now) + grant.lifetimeSeconds,
    jti: context.newTokenId(),
    confirmation,
    extensions: policy.accessTokenClaims,
  };
  const token = await signCompactJws(
    {
      encodedHeader: signer.encodedHeader,
      claims: formatAccessTokenClaims(claims),
      key: signer.key,
    },
    ports,
  );
  return { token, kid: signer.kid, claims };
}
