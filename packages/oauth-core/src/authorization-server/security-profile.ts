/**
 * Security profiles: what a server leaves out of what it can do.
 *
 * @see {@link https://openid.net/specs/fapi-security-profile-2_0-final.html | FAPI 2.0 Security Profile}
 * @module
 */

import type { SignatureAlgorithm } from "../signature-engine.ts";
import { signatureAlgorithms } from "../jwt/jwk-algorithm.ts";
import type { ClientAuthenticationMethod } from "../protocol/client-authentication-fields.ts";

/** The profiles that a server may be held to. */
export type SecurityProfile = "fapi2";

/** What a profile, or having none, allows. */
export interface SecurityProfileRules {
  readonly authenticationMethods: readonly ClientAuthenticationMethod[];
  readonly accessTokenAlgorithms: readonly SignatureAlgorithm[];

  /** Whether every token is bound to a key. */
  readonly requiresBoundTokens: boolean;
}

/** Returns the rules of a profile (FAPI 2.0 Security Profile sections 5.3.2.1 and 5.4.1), or those without one. */
export function securityProfileRules(profile: SecurityProfile | undefined): SecurityProfileRules {
  return profile === "fapi2" ? fapi2 : unrestricted;
}

/** Returns what to sign with for a client that wants an algorithm: the server's own where the profile forbids that one. */
export function permittedAlgorithm(
  wanted: SignatureAlgorithm | undefined,
  policy: {
    readonly accessTokenAlgorithm: SignatureAlgorithm;
    readonly profile: SecurityProfile | undefined;
  },
): SignatureAlgorithm {
  const { accessTokenAlgorithms } = securityProfileRules(policy.profile);
  return wanted !== undefined && accessTokenAlgorithms.includes(wanted)
    ? wanted
    : policy.accessTokenAlgorithm;
}

const fapi2: SecurityProfileRules = {
  authenticationMethods: ["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"],
  accessTokenAlgorithms: ["PS256", "ES256", "Ed25519"],
  requiresBoundTokens: true,
};

const unrestricted: SecurityProfileRules = {
  authenticationMethods: [
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
  ],
  accessTokenAlgorithms: signatureAlgorithms,
  requiresBoundTokens: false,
};
