import { ConfigurationError } from "@credicorp/oauth-core";
import { parseCompactJws } from "@credicorp/oauth-core/jwt";
import { revocationExpiresAt } from "@credicorp/oauth-core/revocation";
import { bytes } from "@credicorp/oauth-runtime";

/** What a revocation names a token by. */
export interface TokenIdentity {
  readonly jti: string;

  /** When its revocation may be forgotten, in seconds since the Unix epoch: verifiers tolerate clocks that are behind. */
  readonly expiresAt: number;
}

/** Reads what a token is known by; nothing of it is verified. @throws {@link ConfigurationError} which does not repeat it */
export function readTokenIdentity(token: string): TokenIdentity {
  const parsed = parseCompactJws(token, bytes);
  const { jti, exp } = parsed.ok ? parsed.value.payload : {};
  if (typeof jti === "string" && jti !== "" && typeof exp === "number") {
    return { jti, expiresAt: revocationExpiresAt(exp) };
  }
  throw new ConfigurationError("token", "token must be an access token: a JWT with jti and exp");
}
