import type { Result } from "../result.ts";
import { failed, ok } from "../result.ts";
import { ownMember, ownText, parseJsonObject } from "./json.ts";
import { splitGrantedScope } from "./scope-tokens.ts";

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
export type TokenResponseFailureCode =
  | "token_response_not_json"
  | "access_token_missing"
  | "token_type_missing"
  | "token_type_unknown"
  | "expires_in_invalid"
  | "scope_malformed";

// RFC 6749 appendix A.12: 1*VSCHAR, and nothing that could not stand in a header.
const accessToken = /^[\x21-\x7e]+$/;

/**
 * Reads the body of an answer with status 200, and tells what is wrong with it by a code alone.
 *
 * `parseTokenResponse` says it in words too, which a small client need not carry.
 */
export function readTokenResponse(body: string): Result<TokenResponse, TokenResponseFailureCode> {
  const members = parseJsonObject(body);
  if (members === undefined) return failed("token_response_not_json");
  const token = ownText(members, "access_token") ?? "";
  if (!accessToken.test(token)) return failed("access_token_missing");
  const type = ownText(members, "token_type");
  if (type === undefined) return failed("token_type_missing");
  const tokenType = canonicalTokenType(type);
  if (tokenType === undefined) return failed("token_type_unknown");
  const expiresInSeconds = parseExpiresIn(ownMember(members, "expires_in") ?? undefined);
  if (expiresInSeconds === null) return failed("expires_in_invalid");
  const scope = splitGrantedScope(ownMember(members, "scope") ?? undefined);
  if (scope === null) return failed("scope_malformed");
  return ok({ accessToken: token, tokenType, expiresInSeconds, scope });
}

/** Returns the registered spelling of a token type, which compares without case. */
export function canonicalTokenType(text: string): TokenType | undefined {
  const lower = text.toLowerCase();
  if (lower === "bearer") return "Bearer";
  return lower === "dpop" ? "DPoP" : undefined;
}

function parseExpiresIn(value: unknown): number | undefined | null {
  if (value === undefined) return undefined;
  const seconds = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  const whole = typeof seconds === "number" ? Math.floor(seconds) : 0;
  return whole >= 1 && Number.isSafeInteger(whole) ? whole : null;
}
