import { clientAssertionAlgorithms } from "@credicorp/oauth-core/jwt";
import type { RefusalReason } from "@credicorp/oauth-core/authorization-server";

import { describeAge, describeLead } from "./clock-difference.ts";
import type { Facts, JwtFacts, Reason } from "./facts.ts";
import { formatList } from "./wording.ts";

const rfc = "RFC 7523 section 3";

/** Why an assertion proved no client. */
export const assertionReasons: Readonly<
  Record<Extract<RefusalReason, `assertion_${string}`>, Reason>
> = {
  assertion_malformed: () => ({
    cause: "The client_assertion is no signed JWT of three segments in base64url",
    remedy: "Sign a JWT with a JOSE library, and send it unchanged",
    rfc: "RFC 7515 section 7.1",
  }),
  assertion_type: () => ({
    cause: "The typ in the header of the assertion is that of another kind of JWT",
    remedy: "Leave typ out, or make it JWT or client-authentication+jwt",
    rfc: "RFC 8725 section 3.11",
  }),
  assertion_algorithm: ({ assertion }) => ({
    cause: `The assertion is signed with ${assertion?.algorithm ?? "an algorithm"} which is not accepted`,
    remedy: `Sign with one of ${formatList(clientAssertionAlgorithms)}`,
    rfc: "RFC 8725 section 3.1",
  }),
  assertion_claims: () => ({
    cause:
      "The assertion lacks iss, sub, aud, exp or jti, or one of them has the wrong type; aud is a text, no list",
    remedy: "Set all five: iss and sub to the client id, aud to the issuer",
    rfc,
  }),
  assertion_key_unknown: ({ assertion, client }) => ({
    cause: `None of the keys of this client is that of the assertion's header (${assertion?.hasKid ? "its kid" : "no kid, so the only key of its algorithm"}); ${client?.jwks?.keys.length ?? 0} are registered`,
    remedy: "Register the public key, or send the kid under which it is registered",
    rfc: "RFC 7515 section 4.1.4",
  }),
  assertion_key_unfit: () => ({
    cause: "The registered key cannot serve: it is too weak, or for another use",
    remedy: "Register a key of the algorithm, RSA with 2048 bits or more",
    rfc: "RFC 7517 section 4",
  }),
  assertion_keys_unavailable: () => ({
    cause: "The keys at the client's jwks_uri could not be fetched",
    remedy: "See that the URL answers with a JWK set over https, then send a new assertion",
    rfc: "RFC 7591 section 2",
  }),
  assertion_keys_not_allowed: () => ({
    cause: "The client has its keys at a jwks_uri that this server does not fetch from",
    remedy: "Add the host to clientKeySets.allowedHosts, or register the keys themselves",
    rfc: "RFC 7591 section 5",
  }),
  assertion_signature: () => ({
    cause: "The signature of the assertion is not that of the registered key",
    remedy: "Register the public half of the key that signs; after a rotation, send the new kid",
    rfc: "RFC 7515 section 5.2",
  }),
  assertion_issuer: () => ({
    cause: "iss and sub of the assertion are not both the id of the client",
    remedy: "Set both to the client id",
    rfc,
  }),
  assertion_audience: ({ assertion, policy }) => ({
    cause: `The aud of the assertion is ${audiences[assertion?.audience ?? "other"]}`,
    remedy: `Set aud to ${policy.issuer}, exactly`,
    rfc: "FAPI 2.0 Security Profile section 5.3.2.1",
  }),
  assertion_expired: ({ assertion, now }) => ({
    cause: `The assertion has expired: ${describeAge(assertion, now)}`,
    remedy: "Make a new assertion for each request, and set the clock by NTP",
    rfc: "RFC 7519 section 4.1.4",
  }),
  assertion_not_yet_valid: ({ assertion, now }) => ({
    cause: `The assertion is dated in the future: ${describeLead(assertion, now)}`,
    remedy: "Set the clock by NTP, or date assertions a few seconds back",
    rfc: "RFC 7519 section 4.1.5",
  }),
  assertion_lifetime: ({ assertion, now }) => ({
    cause: `The assertion lives too long: it ends in ${Math.round((assertion?.expiresAt ?? now) - now)} s, and 300 s are the most`,
    remedy: "Let exp be a minute ahead",
    rfc,
  }),
  assertion_replayed: () => ({
    cause: "The assertion was used before: each one is good for one request",
    remedy: "Make a new assertion, with a new jti, for every request and every retry",
    rfc,
  }),
};

const audiences: Readonly<Record<JwtFacts["audience"], string>> = {
  issuer: "the issuer, written in another way",
  token_endpoint: "the URL of the token endpoint, not the issuer",
  issuer_with_slash: "the issuer with a slash behind it",
  several: "a list; it must be one text",
  none: "missing",
  other: "another server's",
};

/** Why a certificate proved no client. */
export const certificateReasons: Readonly<
  Record<Extract<RefusalReason, `certificate_${string}`>, Reason>
> = {
  certificate_missing: () => ({
    cause: "The client needs a certificate, and none came with the connection",
    remedy:
      "Connect with the certificate and its key; a proxy has to report it in the configured field",
    rfc: "RFC 8705 section 2",
  }),
  certificate_unreadable: () => ({
    cause: "The certificate is no X.509 certificate that can be read",
    remedy: "Send DER as the proxy's format says; see clientCertificateHeader",
    rfc: "RFC 8705 section 2",
  }),
  certificate_expired: () => ({
    cause: "The certificate has expired by the clock of this server",
    remedy: "Renew the certificate",
    rfc: "RFC 5280 section 4.1.2.5",
  }),
  certificate_not_yet_valid: () => ({
    cause: "The certificate is not valid yet by the clock of this server",
    remedy: "Check both clocks, or wait",
    rfc: "RFC 5280 section 4.1.2.5",
  }),
  certificate_untrusted: () => ({
    cause: "The chain of the certificate does not lead to an authority that this server trusts",
    remedy: "Send the intermediate certificates too, or configure the authority",
    rfc: "RFC 8705 section 2.1",
  }),
  certificate_subject: (facts) => ({
    cause: `The certificate is that of another subject than ${registeredSubject(facts)}`,
    remedy: "Register the subject that the certificate has, in the form of RFC 4514",
    rfc: "RFC 8705 section 2.1.2",
  }),
  certificate_not_registered: ({ client }) => ({
    cause: `The certificate is none of the ${client?.tlsCertificates?.length ?? 0} that are registered for the client`,
    remedy: "Register the certificate itself (x5c); after a renewal, the new one too",
    rfc: "RFC 8705 section 2.2",
  }),
};

function registeredSubject({ client }: Facts): string {
  return client?.tlsClientAuthSubjectDn ?? "the one that is registered";
}
