/**
 * Every error that this project throws on purpose.
 *
 * `kind`, `code` and `retryable` are stable API; messages are for people and may change in any release. No error holds
 * a client secret, a token, a header or a body, because errors get logged.
 *
 * @module
 */

/** The closed set of errors: a `switch` over `kind` narrows to one of them. */
export type AnyOAuthError =
  | OAuthResponseError
  | HttpStatusError
  | NetworkError
  | TimeoutError
  | AbortedError
  | ProtocolError
  | ConfigurationError;

const docsUrl = "https://github.com/credicorp/partner-oauth/blob/main/docs/errors.md";

// Registered, so that two installed versions of this package know each other's errors.
const brand = Symbol.for("@credicorp/oauth-core/error");

/** A failure that lasts: the same request failed before, and was not made again for this call. */
export interface Outage {
  /** When the first request failed, in seconds since the Unix epoch. */
  readonly since: number;

  /** Requests that failed since then. */
  readonly attempts: number;
}

/** What an error can tell beside its message. */
export interface OAuthErrorDetails {
  /** What to do about it. */
  readonly hint?: string | undefined;

  /** The rule, such as `RFC 6749 section 5.2`. */
  readonly reference?: string | undefined;

  /** Milliseconds to wait before the same call may succeed. */
  readonly retryAfterMs?: number | undefined;

  /** The server's name for the failed request. */
  readonly requestId?: string | undefined;

  /** Present when the error is remembered: nothing was sent for this call. */
  readonly outage?: Outage | undefined;

  /** The underlying error; never one that holds a secret, a token or a body. */
  readonly cause?: unknown;
}

/** What all errors of this project share. Test for it with {@link isOAuthError}. */
export abstract class OAuthError extends Error {
  abstract override readonly name: string;
  abstract readonly kind: string;
  abstract readonly code: string;

  /** Whether the same call, repeated unchanged after a wait, may succeed. */
  abstract readonly retryable: boolean;

  declare readonly hint: string | undefined;
  declare readonly reference: string | undefined;
  declare readonly retryAfterMs: number | undefined;
  declare readonly requestId: string | undefined;

  /** Present when the error is remembered: nothing was sent for this call. */
  declare readonly outage: Outage | undefined;

  constructor(message: string, details: OAuthErrorDetails = {}) {
    const { cause, hint, reference, retryAfterMs, requestId, outage } = details;
    super(message, cause === undefined ? undefined : { cause });
    // By name: what else a caller may have put there must not be in an error.
    Object.assign(this, { hint, reference, retryAfterMs, requestId, outage });
  }

  static {
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  /** The address of the page that says what happened, why, and what to do. */
  get docs(): string {
    return `${docsUrl}#${this.code.toLowerCase()}`;
  }
}

/** The server answered with an OAuth error document (RFC 6749 section 5.2). */
export class OAuthResponseError extends OAuthError {
  override readonly name = "OAuthResponseError";
  readonly kind = "oauth";
  readonly code = "ERR_OAUTH_RESPONSE";
  declare readonly retryable: boolean;

  /** HTTP status of the answer. */
  declare readonly status: number;

  /** The `error` parameter, such as `invalid_client`. */
  declare readonly error: string;

  /** The `error_description` parameter, without control characters, at most 256 characters. */
  declare readonly errorDescription: string | undefined;

  constructor(
    response: {
      readonly status: number;
      readonly error: string;
      readonly errorDescription?: string | undefined;
    },
    details: OAuthErrorDetails = {},
  ) {
    const { status, error, errorDescription } = response;
    super(`The authorization server answered ${status} ${error}`, details);
    Object.assign(this, { retryable: mayPass(status), status, error, errorDescription });
  }
}

/** The server answered with a status that is not a success and no OAuth error document. */
export class HttpStatusError extends OAuthError {
  override readonly name = "HttpStatusError";
  readonly kind = "http";
  readonly code = "ERR_OAUTH_HTTP_STATUS";
  declare readonly retryable: boolean;
  declare readonly status: number;

  constructor(status: number, details: OAuthErrorDetails = {}) {
    super(`The server answered ${status} where 200 was expected`, details);
    Object.assign(this, { retryable: mayPass(status), status });
  }
}

/** Tells whether what a status stands for may be over after a while. */
function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** No answer arrived: DNS, TCP or TLS failed, or the connection broke. */
export class NetworkError extends OAuthError {
  override readonly name = "NetworkError";
  readonly kind = "network";
  readonly code = "ERR_OAUTH_NETWORK";
  readonly retryable = true;
}

/** No answer arrived in the time that was given. */
export class TimeoutError extends OAuthError {
  override readonly name = "TimeoutError";
  readonly kind = "timeout";
  readonly code = "ERR_OAUTH_TIMEOUT";
  readonly retryable = true;
}

/** The caller gave up, or the object was closed. */
export class AbortedError extends OAuthError {
  override readonly name = "AbortedError";
  readonly kind = "aborted";
  readonly code = "ERR_OAUTH_ABORTED";
  readonly retryable = false;
}

/** The other side's message breaks the protocol. `failure` is the code of the wire module that refused it. */
export class ProtocolError extends OAuthError {
  override readonly name = "ProtocolError";
  readonly kind = "protocol";
  readonly code = "ERR_OAUTH_PROTOCOL";
  readonly retryable = false;

  /** Such as `access_token_missing`. */
  declare readonly failure: string;

  constructor(failure: string, message: string, details: OAuthErrorDetails = {}) {
    super(message, details);
    Object.assign(this, { failure });
  }
}

/** An option is missing or wrong; nothing was sent. */
export class ConfigurationError extends OAuthError {
  override readonly name = "ConfigurationError";
  readonly kind = "config";
  readonly code = "ERR_OAUTH_CONFIG";
  readonly retryable = false;

  /** The option, such as `baseUrl`. */
  declare readonly option: string;

  constructor(option: string, message: string, details: OAuthErrorDetails = {}) {
    super(message, details);
    Object.assign(this, { option });
  }
}

/**
 * Tells whether a caught value is one of this project's errors.
 *
 * Prefer it to `instanceof`, which fails when two versions of this package are installed.
 */
export function isOAuthError(value: unknown): value is AnyOAuthError {
  return typeof value === "object" && value !== null && brand in value;
}
