import type { InactiveReason } from "@credicorp/oauth-core/authorization-server";

import type { Reason } from "./facts.ts";
import { formatList, formatMoment } from "./wording.ts";

/** Why a token counts as inactive, or was not revoked. */
export const tokenReasons: Readonly<Record<InactiveReason, Reason>> = {
  malformed: () => ({
    cause:
      "The token is no signed JWT of three segments in base64url: it was cut, perhaps, or has white space in it",
    remedy: "Send the access_token as it was issued, without its scheme",
    rfc: "RFC 7515 section 5.2",
  }),
  type: () => ({
    cause: "The JWT is no access token: its typ is another than at+jwt",
    remedy: "Send an access token; an id token or an assertion is for something else",
    rfc: "RFC 9068 section 4",
  }),
  algorithm: ({ token }) => ({
    cause: `The token is signed with ${token?.algorithm ?? "an algorithm"} which is not accepted`,
    remedy: "Send a token of this issuer",
    rfc: "RFC 8725 section 3.1",
  }),
  key_not_found: () => ({
    cause:
      "This issuer has no key of the token's kid: it is from another environment, from before a restart, or its key was removed",
    remedy: "Get a new token",
    rfc: "RFC 7515 section 4.1.4",
  }),
  signature: () => ({
    cause: "The signature of the token is not good: it was changed on its way",
    remedy: "Get a new token, and see what changes it",
    rfc: "RFC 7515 section 5.2",
  }),
  claims: () => ({
    cause: "A claim of the token is missing or malformed",
    remedy: "Get a new token",
    rfc: "RFC 9068 section 2.2",
  }),
  issuer: ({ policy }) => ({
    cause: `The token is from another issuer than ${policy.issuer}`,
    remedy: "Ask the server that issued it",
    rfc: "RFC 9068 section 4",
  }),
  audience: () => ({
    cause: "The token is for another audience",
    remedy: "Get a token for this resource",
    rfc: "RFC 9068 section 4",
  }),
  expired: ({ token, now }) => ({
    cause: `The token has expired${token?.expiresAt === undefined ? "" : `: ${formatMoment(token.expiresAt, now)}`}`,
    remedy: "Get a new token shortly before the old one expires",
    rfc: "RFC 7519 section 4.1.4",
  }),
  not_yet_valid: ({ token, now }) => ({
    cause: `The token is not valid yet${token?.notBefore === undefined ? "" : `: it will be ${formatMoment(token.notBefore, now)}`}`,
    remedy: "Check both clocks",
    rfc: "RFC 7519 section 4.1.5",
  }),
  confirmation: () => ({
    cause: "The token is bound to a key that was not proven",
    remedy: "Send the proof with the token",
    rfc: "RFC 7800 section 3",
  }),
  revoked: () => ({
    cause:
      "The token was revoked: itself, with all tokens of its client, or with the key that signed it",
    remedy: "Get a new token",
    rfc: "RFC 7009 section 2",
  }),
  caller_not_allowed: () => ({
    cause: "The caller may not introspect the tokens of other clients",
    remedy: "Introspect as a resource server: a client with mayIntrospect",
    rfc: "RFC 7662 section 4",
  }),
  caller_not_audience: ({ client }) => ({
    cause: `The token is for none of the audiences that the caller answers for: ${formatList(client?.audiences ?? [])}`,
    remedy: "Introspect as the resource server that the token is for",
    rfc: "RFC 7662 section 4",
  }),
  foreign_client: () => ({
    cause: "The token belongs to another client, and was left as it is",
    remedy: "Revoke it as the client that it was issued to",
    rfc: "RFC 7009 section 2.1",
  }),
};
