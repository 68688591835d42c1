/**
 * What of a registration does not fit together, or does not fit the server.
 *
 * @module
 */

import { methodObjection } from "../check-profile.ts";
import type { ServerPolicy } from "../configuration.ts";
import type { CertificateSubject } from "../mutual-tls/certificate-subject.ts";
import { subjectFault, subjectMembers } from "../mutual-tls/certificate-subject.ts";
import { securityProfileRules } from "../security-profile.ts";
import type { ClientRecord } from "./client-record.ts";

/** What of a registration is looked at here. */
interface Registration extends Partial<
  Pick<
    ClientRecord,
    | keyof CertificateSubject
    | "accessTokenAlgorithm"
    | "dpopBoundAccessTokens"
    | "introspectionSignedResponseAlgorithm"
    | "tlsClientCertificateBoundAccessTokens"
  >
> {
  readonly tokenEndpointAuthMethod: ClientRecord["authenticationMethod"];
  readonly secret?: unknown;
  readonly secrets?: readonly unknown[] | undefined;
}

/** A member of a registration, and the rule that it breaks. */
export interface RegistrationFault {
  readonly member: string;
  readonly rule: string;
}

/** Checks what a client says of its certificate, and of what its tokens are bound to. */
export function senderConstraintFault(registration: Registration): RegistrationFault | undefined {
  const stray = subjectMembers.find((name) => registration[name] !== undefined);
  if (registration.tokenEndpointAuthMethod === "tls_client_auth") {
    const fault = subjectFault(registration);
    if (fault !== undefined) return fault;
  } else if (stray !== undefined) {
    return { member: stray, rule: "is for tls_client_auth only: remove it" };
  }
  const { dpopBoundAccessTokens, tlsClientCertificateBoundAccessTokens } = registration;
  if (!dpopBoundAccessTokens || !tlsClientCertificateBoundAccessTokens) return undefined;
  return {
    member: "tlsClientCertificateBoundAccessTokens",
    rule: "must not be true beside dpopBoundAccessTokens: a token is bound to one key (RFC 7800)",
  };
}

/** Checks a client against what its server allows and has the means for. */
export function policyFault(
  registration: Registration,
  policy: Pick<ServerPolicy, "mutualTls" | "profile"> | undefined,
): RegistrationFault | undefined {
  if (policy === undefined) return undefined;
  const { tokenEndpointAuthMethod, secret, secrets } = registration;
  const objection = methodObjection(tokenEndpointAuthMethod, policy);
  if (objection !== undefined) {
    return { member: "tokenEndpointAuthMethod", rule: `cannot be used: ${objection}` };
  }
  if (registration.tlsClientCertificateBoundAccessTokens && policy.mutualTls === undefined) {
    const rule = "needs mutualTls to be configured";
    return { member: "tlsClientCertificateBoundAccessTokens", rule };
  }
  const { profile } = policy;
  if (profile === undefined) return undefined;
  if (secret !== undefined || secrets?.length) {
    const rule = `must be removed: the profile ${profile} knows no secrets`;
    return { member: "secrets", rule };
  }
  const { accessTokenAlgorithms: allowed } = securityProfileRules(profile);
  const member = (["accessTokenAlgorithm", "introspectionSignedResponseAlgorithm"] as const).find(
    (name) => registration[name] !== undefined && !allowed.includes(registration[name]),
  );
  if (member === undefined) return undefined;
  return { member, rule: `must be one of ${allowed.join(", ")} under the profile ${profile}` };
}
