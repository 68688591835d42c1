/**
 * What of a server's configuration must fit together: methods, mutual TLS and the security profile.
 *
 * @module
 */

import { ConfigurationError } from "../errors.ts";
import type { ServerPolicy, SupportedAuthenticationMethod } from "./configuration.ts";
import { isMutualTlsMethod } from "./mutual-tls/mutual-tls-policy.ts";
import { securityProfileRules } from "./security-profile.ts";

type Means = Pick<ServerPolicy, "mutualTls" | "profile">;

/** Returns the client authentication methods that a server allows and has the means for. */
export function possibleMethods(means: Means): readonly SupportedAuthenticationMethod[] {
  return securityProfileRules(means.profile).authenticationMethods.filter(
    (method) => methodObjection(method, means) === undefined,
  );
}

/** Returns why a server cannot have a client authentication method, and what to do; `undefined` when it can. */
export function methodObjection(
  method: SupportedAuthenticationMethod | "none",
  { mutualTls, profile }: Means,
): string | undefined {
  const { authenticationMethods } = securityProfileRules(profile);
  if (profile !== undefined && !authenticationMethods.some((name) => name === method)) {
    return `${method} is not allowed by the profile ${profile}: use ${authenticationMethods.join(", ")}`;
  }
  if (!isMutualTlsMethod(method)) return undefined;
  if (mutualTls === undefined) return `${method} needs mutualTls to be configured`;
  return method === "tls_client_auth" && !mutualTls.verifiesChains
    ? `${method} needs verified chains (mutualTls.verifiesChains): name the authorities of client certificates`
    : undefined;
}

/** Checks a policy. @throws {@link ConfigurationError} that names the first option that does not fit the others. */
export function checkProfile(policy: ServerPolicy): void {
  const { profile, clientAuthenticationMethods: methods, accessTokenAlgorithm } = policy;
  if (profile !== undefined && profile !== "fapi2") {
    throw new ConfigurationError("profile", "profile must be fapi2, or absent");
  }
  const option = "clientAuthenticationMethods";
  if (methods.length === 0) {
    throw new ConfigurationError(option, `${option} must name at least one method`);
  }
  for (const method of methods) {
    const objection = methodObjection(method, policy);
    if (objection !== undefined) throw new ConfigurationError(option, `${option}: ${objection}`);
  }
  const { accessTokenAlgorithms, requiresBoundTokens } = securityProfileRules(profile);
  if (!accessTokenAlgorithms.includes(accessTokenAlgorithm)) {
    throw new ConfigurationError(
      "accessTokenAlgorithm",
      `accessTokenAlgorithm must be one of ${accessTokenAlgorithms.join(", ")} under the profile ${profile}`,
    );
  }
  if (requiresBoundTokens && policy.dpop === undefined && policy.mutualTls === undefined) {
    throw new ConfigurationError(
      "profile",
      `profile ${profile} needs dpop or mutualTls: its tokens are bound to a key`,
    );
  }
}
