/**
 * The successful answer of a token endpoint.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 | RFC 6749 section 5.1}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { protocolFailure } from "../result.ts";
import type { TokenResponse, TokenResponseFailureCode } from "./read-token-response.ts";
import { readTokenResponse } from "./read-token-response.ts";
import { formatScope } from "./scope.ts";

export type { TokenResponse, TokenType } from "./read-token-response.ts";

/** Why an answer is refused, in words. */
export type TokenResponseFailure = ProtocolFailure<TokenResponseFailureCode>;

const messages: Readonly<Record<TokenResponseFailureCode, string>> = {
  token_response_not_json: "The answer is not a JSON object",
  access_token_missing: "The answer holds no access token",
  token_type_missing: "The answer holds no token_type",
  token_type_unknown: "The token_type is not one we know",
  expires_in_invalid: "The expires_in is not a positive number",
  scope_malformed: "The granted scope is malformed",
};

/** Writes the body of a successful answer. */
export function formatTokenResponse(response: TokenResponse): string {
  return JSON.stringify({
    access_token: response.accessToken,
    token_type: response.tokenType,
    expires_in: response.expiresInSeconds,
    scope: response.scope && formatScope(response.scope),
  });
}

/**
 * Reads the body of an answer with status 200; unknown members are ignored.
 *
 * `expires_in` may be a number or a string of digits, as servers send both; fractions are rounded down. `token_type`
 * compares without case and comes out canonical. A `null` counts as absent. An empty `scope` is the empty set: nothing was granted.
 */
export function parseTokenResponse(body: string): Result<TokenResponse, TokenResponseFailure> {
  const response = readTokenResponse(body);
  if (response.ok) return response;
  const { failure: code } = response;
  return protocolFailure(code, messages[code], "RFC 6749 section 5.1");
}
