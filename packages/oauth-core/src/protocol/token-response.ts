/**
 * The successful answer of a token endpoint.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 | RFC 6749 section 5.1}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import { ownMember, parseJsonObject } from "./json.ts";
import { formatScope, parseGrantedScope } from "./scope.ts";

/** How the token is presented: `Bearer` (RFC 6750) or bound to a key (RFC 9449). */
export type TokenType = "Bearer" | "DPoP";

/** What a token endpoint grants. */
export interface TokenResponse {
  readonly accessToken: string;
  readonly tokenType: TokenType;

  /** Seconds from the moment of the answer; `undefined` when the server does not say. */
  readonly expiresInSeconds: number | undefined;

  /** The granted scope; `undefined` means: as requested. */
  readonly scope: readonly string[] | undefined;
}

/** Why an answer is refused. */
export type TokenResponseFailure = ProtocolFailure<
  | "token_response_not_json"
  | "access_token_missing"
  | "token_type_missing"
  | "token_type_unknown"
  | "expires_in_invalid"
  | "scope_malformed"
>;

const reference = "RFC 6749 section 5.1";
// RFC 6749 appendix A.12: 1*VSCHAR, and nothing that could not stand in a header.
const accessToken = /^[\x21-\x7e]+$/;

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
  const members = parseJsonObject(body);
  if (members === undefined) {
    return protocolFailure("token_response_not_json", "The answer is not a JSON object", reference);
  }
  const token = ownMember(members, "access_token");
  if (typeof token !== "string" || !accessToken.test(token)) {
    return protocolFailure("access_token_missing", "The answer holds no access token", reference);
  }
  const type = ownMember(members, "token_type");
  if (typeof type !== "string" || type === "") {
    return protocolFailure("token_type_missing", "The answer holds no token_type", reference);
  }
  const tokenType = canonicalTokenType(type);
  if (tokenType === undefined) {
    return protocolFailure("token_type_unknown", "The token_type is not one we know", reference);
  }
  const expiresInSeconds = parseExpiresIn(ownMember(members, "expires_in"));
  if (expiresInSeconds === "invalid") {
    return protocolFailure(
      "expires_in_invalid",
      "The expires_in is not a positive number",
      reference,
    );
  }
  const scope = parseGrantedScope(ownMember(members, "scope") ?? undefined);
  if (!scope.ok) {
    return protocolFailure("scope_malformed", "The granted scope is malformed", reference);
  }
  return ok({ accessToken: token, tokenType, expiresInSeconds, scope: scope.value });
}

/** Returns the registered spelling of a token type, which compares without case. */
export function canonicalTokenType(text: string): TokenType | undefined {
  const lower = text.toLowerCase();
  if (lower === "bearer") return "Bearer";
  return lower === "dpop" ? "DPoP" : undefined;
}

function parseExpiresIn(value: unknown): number | undefined | "invalid" {
  if (value === undefined || value === null) return undefined;
  const seconds = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== "number" || seconds < 1) return "invalid";
  const whole = Math.floor(seconds);
  return Number.isSafeInteger(whole) ? whole : "invalid";
}
