/**
 * Where a request carries its access token, and the proof that goes with it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2 | RFC 6750 section 2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7.1 | RFC 9449 section 7.1}
 * @module
 */

import type { HeaderList } from "../http.ts";
import { headerValues } from "../http.ts";
import { authorizationScheme, parseAuthorization } from "../protocol/authorization-header.ts";
import type { Result } from "../result.ts";
import { failed, ok } from "../result.ts";
import type { RejectedOutcome } from "./outcome.ts";
import { rejected } from "./outcome.ts";

/** A request to a protected resource, nothing interpreted. */
export interface ResourceRequest {
  readonly method: string;

  /** An absolute URL, or path and query. */
  readonly url: string;

  /** As received, repeated fields apart: a list that hides a repetition hides a second token. */
  readonly headers: HeaderList;

  /** Reads the DER bytes of the certificate that the client connected with; asked only for tokens bound to one. */
  readonly clientCertificate?: (() => Uint8Array | undefined) | undefined;

  /**
   * An object that stands for this request and no other, such as the platform's own. Where several guards look at one
   * request, its proof is used up by the first and good for the others; absent: each use is another request.
   */
  readonly identity?: object | undefined;
}

/** What a request shows to be let in; nothing in it has been verified. */
export type Credentials =
  | { readonly scheme: "bearer"; readonly token: string }
  | { readonly scheme: "dpop"; readonly token: string; readonly proof: string };

/** The fields that are looked at, in lower case: whoever shows a request need show no others. */
export const credentialFields = ["authorization", "dpop"] as const;

/** What credentials are read by. */
export interface CredentialsReading {
  /** Whether the scheme DPoP is accepted. */
  readonly dpop: boolean;

  /**
   * Tells whether a text is a token whose characters have been looked at before, all of which may be in a field; absent:
   * those of each token are.
   */
  readonly isKnownToken?: ((token: string) => boolean) | undefined;
}

// Twice what a token may measure: what is longer is not worth a look at its characters.
const maxFieldLength = 32_768;

// As clients send it, nearly all of them.
const bearerPrefix = "Bearer ";

/**
 * Returns the credentials of the `Authorization` field, the only place that is accepted.
 *
 * A token in the query is refused even beside a good header: it is in logs and in the history of browsers by now
 * (RFC 9700 section 2.4). Bodies are not looked at. Neither is a proof beside a bearer token, which needs none: a
 * token that does is refused for its scheme.
 */
export function readCredentials(
  request: ResourceRequest,
  { dpop, isKnownToken }: CredentialsReading,
): Result<Credentials, RejectedOutcome> {
  const { url, headers } = request;
  if (hasQueryToken(url)) {
    return refuse("token_in_query", "An access token is in the query", "RFC 9700 section 2.4");
  }
  const values = headerValues(headers, "authorization");
  const [value] = values;
  if (value === undefined) return noCredentials("The request has no Authorization header");
  if (values.length > 1) {
    return refuse(
      "authorization_repeated",
      "There are several Authorization headers",
      "RFC 6750 section 2",
    );
  }
  if (value.length > maxFieldLength) {
    return refuse(
      "authorization_too_long",
      "The Authorization header is too long",
      "RFC 9110 section 5.4",
    );
  }
  if (isKnownToken !== undefined && value.startsWith(bearerPrefix)) {
    const token = value.slice(bearerPrefix.length);
    if (isKnownToken(token)) return ok({ scheme: "bearer", token });
  }
  const authorization = parseAuthorization(value);
  const scheme = authorization.ok ? authorization.value.scheme : authorizationScheme(value);
  if (scheme !== "bearer" && !(scheme === "dpop" && dpop)) {
    return noCredentials("The Authorization header has a scheme that is not accepted");
  }
  if (!authorization.ok) {
    return failed({ ...rejected("invalid_request", authorization.failure), scheme });
  }
  const token = authorization.value.credentials;
  return scheme === "bearer" ? ok({ scheme, token }) : withProof(token, headers);
}

function withProof(token: string, headers: HeaderList): Result<Credentials, RejectedOutcome> {
  const [proof, ...others] = headerValues(headers, "dpop");
  if (proof !== undefined && others.length === 0) return ok({ scheme: "dpop", token, proof });
  const detail =
    proof === undefined
      ? { code: "dpop_missing", message: "The request has no DPoP header" }
      : { code: "dpop_repeated", message: "There are several DPoP headers" };
  const reference = "RFC 9449 section 4.3";
  return failed({ ...rejected("invalid_dpop_proof", { ...detail, reference }), scheme: "dpop" });
}

function hasQueryToken(url: string): boolean {
  const start = url.indexOf("?");
  if (start === -1) return false;
  const query = url.slice(start + 1);
  // Most queries need not be taken apart; a percent sign may hide the name.
  if (!query.includes("access_token") && !query.includes("%")) return false;
  return new URLSearchParams(query).has("access_token");
}

function noCredentials(message: string): Result<Credentials, RejectedOutcome> {
  const detail = { code: "credentials_missing", message, reference: "RFC 6750 section 3.1" };
  return failed(rejected("no_credentials", detail));
}

function refuse(
  code: string,
  message: string,
  reference: string,
): Result<Credentials, RejectedOutcome> {
  return failed(rejected("invalid_request", { code, message, reference }));
}
