/**
 * The answers of the server as HTTP: what each kind of them has in its header.
 *
 * @module
 */

import type { HeaderList, ServerResponse } from "../http.ts";
import { formatOAuthError } from "../protocol/oauth-error.ts";
import { formatProblemDetails, problemMediaType } from "../protocol/problem-details.ts";
import type { OAuthErrorCode } from "../protocol/oauth-error.ts";
import type { ServerPolicy } from "./configuration.ts";
import type { Refusal } from "./refusal.ts";

/** Where the pages about errors are. */
export type ErrorPagePolicy = Pick<ServerPolicy, "errorPagesUrl">;

/** One page for each code: it can tell no more than the code does. */
function errorPage(code: OAuthErrorCode, { errorPagesUrl }: ErrorPagePolicy): string | undefined {
  return errorPagesUrl && errorPagesUrl + code;
}

/** Goes with tokens, credentials and everything said about them (RFC 6749 section 5.1). */
const uncacheable: HeaderList = [
  ["Cache-Control", "no-store"],
  ["Pragma", "no-cache"],
];

/** Answers of the OAuth endpoints, JSON unless they say otherwise; an empty body has no type. */
export function oauthAnswer(
  status: number,
  body: string,
  options: {
    readonly headers?: HeaderList | undefined;
    readonly mediaType?: string | undefined;
  } = {},
): ServerResponse {
  const { headers = [], mediaType = "application/json" } = options;
  const type: HeaderList = body === "" ? [] : [["Content-Type", mediaType]];
  return { status, headers: [...type, ...uncacheable, ...headers], body };
}

/** Writes a refusal as the error document of RFC 6749 section 5.2. */
export function refusalAnswer(
  refusal: Refusal,
  policy: ErrorPagePolicy,
  headers: HeaderList = [],
): ServerResponse {
  const { status, error, description, extensions } = refusal;
  const body = formatOAuthError({
    error,
    errorDescription: description,
    errorUri: errorPage(error, policy),
    ...(extensions !== undefined && { extensions }),
  });
  return oauthAnswer(status, body, { headers: [...headers, ...(refusal.headers ?? [])] });
}

/** Answers a bug of ours, without its details. */
export function failureAnswer(requestId: string, policy: ErrorPagePolicy): ServerResponse {
  const body = formatOAuthError({
    error: "server_error",
    errorDescription: "The server failed; report the request_id",
    errorUri: errorPage("server_error", policy),
    extensions: { request_id: requestId },
  });
  return oauthAnswer(500, body);
}

/** Answers a path that no endpoint has. */
export function notFoundAnswer(): ServerResponse {
  const body = formatProblemDetails({ type: "about:blank", title: "Not Found", status: 404 });
  return { status: 404, headers: [["Content-Type", problemMediaType], ...uncacheable], body };
}

/** The refusal of a method that an endpoint does not have. */
export function methodNotAllowed(allowed: readonly string[]): Refusal {
  return {
    status: 405,
    error: "invalid_request",
    description: `The method is not allowed; use ${allowed[0] ?? "another"}`,
    why: "method_not_allowed",
    headers: [["Allow", allowed.join(", ")]],
  };
}
