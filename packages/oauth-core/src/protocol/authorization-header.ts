/**
 * The `Authorization` field: a scheme and its credentials.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2 | RFC 9110 section 11.6.2}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";

/** A scheme in lower case, and what follows it. */
export interface Authorization {
  readonly scheme: string;
  readonly credentials: string;
}

/** Why an `Authorization` field is refused. */
export type AuthorizationFailure = ProtocolFailure<"authorization_malformed">;

// RFC 6750 section 2.1 allows more than one space; here it is exactly one, as every client sends it. No tabs, no lists,
// no auth-params: only token68 schemes are spoken here.
const pattern = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([A-Za-z0-9._~+/-]+=*)$/;

/** Reads a field value whose credentials are one token68; schemes compare without case. */
export function parseAuthorization(value: string): Result<Authorization, AuthorizationFailure> {
  const match = pattern.exec(value);
  if (match === null) {
    return protocolFailure(
      "authorization_malformed",
      "The Authorization header is malformed",
      "RFC 9110 section 11.6.2",
    );
  }
  const [, scheme = "", credentials = ""] = match;
  return ok({ scheme: scheme.toLowerCase(), credentials });
}

/** Returns the scheme of a field value in lower case, even where the rest is malformed. */
export function authorizationScheme(value: string): string {
  const space = value.search(/[ \t]/);
  return (space === -1 ? value : value.slice(0, space)).toLowerCase();
}

/** Writes the field value that presents an access token. */
export function formatAuthorization(tokenType: "Bearer" | "DPoP", accessToken: string): string {
  return `${tokenType} ${accessToken}`;
}
