/**
 * The error document of every OAuth endpoint.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 | RFC 6749 section 5.2}
 * @module
 */

import { ownMember, ownText, parseJsonObject } from "./json.ts";

/** Error codes that this project's endpoints answer with. */
export const oauthErrorCodes = [
  "invalid_request",
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_token_type",
  "invalid_scope",
  "invalid_target",
  "invalid_dpop_proof",
  "use_dpop_nonce",
  "temporarily_unavailable",
  "server_error",
] as const;

/** One of {@link oauthErrorCodes}. */
export type OAuthErrorCode = (typeof oauthErrorCodes)[number];

/** An error document. */
export interface OAuthErrorDocument {
  /** One of {@link OAuthErrorCode} from our servers; any registered or private code from others. */
  readonly error: string;

  /** For developers; only %x20-21, %x23-5B and %x5D-7E. */
  readonly errorDescription?: string | undefined;

  /** A page about the error. */
  readonly errorUri?: string | undefined;

  /** Further members, such as those of RFC 9457; clients ignore what they do not know. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

const maxTextLength = 256;
const outsideErrorCharacters = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;
// RFC 6749 appendix A.9: no space, quote, backslash, control or non-ASCII.
const uriCharacters = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Writes the body; characters that the RFC forbids become `?`, and an `errorUri` that holds one is left out.
 *
 * Extensions come after `error` and cannot replace the three members of the RFC.
 */
export function formatOAuthError(document: OAuthErrorDocument): string {
  const { errorDescription, errorUri, extensions } = document;
  const members: Record<string, unknown> = {
    error: allowed(document.error),
    error_description: errorDescription && allowed(errorDescription),
    error_uri: errorUri && uriCharacters.test(errorUri) ? errorUri : undefined,
  };
  return JSON.stringify({ ...members, ...extensions, ...members });
}

/**
 * Reads the body of an answer that is not a success, whatever its status; `undefined` when it is no error document.
 *
 * Forbidden characters are replaced and long texts are cut, so that the result may be logged.
 */
export function parseOAuthError(body: string): OAuthErrorDocument | undefined {
  const members = parseJsonObject(body);
  const error = members && ownMember(members, "error");
  if (members === undefined || typeof error !== "string" || error === "") return undefined;
  return {
    error: loggable(error),
    errorDescription: optionally(ownText(members, "error_description")),
    errorUri: optionally(ownText(members, "error_uri")),
  };
}

function optionally(text: string | undefined): string | undefined {
  return text === undefined ? undefined : loggable(text);
}

function loggable(text: string): string {
  return allowed(text.slice(0, maxTextLength));
}

function allowed(text: string): string {
  return text.replace(outsideErrorCharacters, "?");
}
