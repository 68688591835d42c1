import type { TokenResponse, TokenType } from "../protocol/token-response.ts";
import { formatAuthorization } from "../protocol/authorization-header.ts";
import { readJwtTimes } from "./jwt-times.ts";

/** One moment, by both clocks. */
export interface Instant {
  readonly monotonicMs: number;
  readonly epochSeconds: number;
}

/** An access token with its life. Frozen; hand it to nobody who may not use it. */
export interface AccessToken {
  /** The token itself, opaque to its client (RFC 6749 section 1.4). */
  readonly value: string;
  readonly tokenType: TokenType;

  /** The whole `Authorization` field value, made once. */
  readonly authorization: string;

  /** The granted scope; the requested one when the server did not say. */
  readonly scope: readonly string[];
  readonly requestedScope: readonly string[];

  /** When the token request was sent: a life counts from there, so it may end early and never late. */
  readonly requestedAt: Instant;

  /** Milliseconds from `requestedAt`. */
  readonly lifetimeMs: number;

  /** How the lifetime is known. */
  readonly lifetimeSource: "expires_in" | "jwt_exp" | "assumed";

  /** Seconds since the Unix epoch, by this machine's clock. */
  readonly expiresAt: number;
}

/** What the client knew when it sent the token request. */
export interface TokenRequestContext {
  readonly requestedAt: Instant;
  readonly requestedScope: readonly string[];
}

/** Used when neither the answer nor the token says how long it lives. */
const assumedLifetimeSeconds = 300;

// A longer life would only mean that a token is refreshed once a day.
const maxLifetimeSeconds = 86_400;

/** Makes a token of an answer. */
export function buildAccessToken(
  response: TokenResponse,
  context: TokenRequestContext,
): AccessToken {
  const { requestedAt, requestedScope } = context;
  const { accessToken: value, tokenType } = response;
  const [lifetimeSource, seconds] = lifetime(response, requestedAt.epochSeconds);
  const lifetimeSeconds = Math.min(seconds, maxLifetimeSeconds);
  return Object.freeze({
    value,
    tokenType,
    authorization: formatAuthorization(tokenType, value),
    scope: Object.freeze([...(response.scope ?? requestedScope)]),
    requestedScope,
    requestedAt,
    lifetimeMs: lifetimeSeconds * 1000,
    lifetimeSource,
    expiresAt: requestedAt.epochSeconds + lifetimeSeconds,
  });
}

/**
 * Returns how old a token is, in milliseconds.
 *
 * The monotonic clock stands still while a machine sleeps, and the wall clock may be set back: the older age counts.
 */
export function ageMs({ requestedAt }: AccessToken, now: Instant): number {
  return Math.max(
    now.monotonicMs - requestedAt.monotonicMs,
    (now.epochSeconds - requestedAt.epochSeconds) * 1000,
  );
}

/** Returns the requested scope tokens that were not granted. */
export function missingScope({ scope, requestedScope }: AccessToken): readonly string[] {
  return requestedScope.filter((token) => !scope.includes(token));
}

function lifetime(
  response: TokenResponse,
  now: number,
): readonly [AccessToken["lifetimeSource"], number] {
  if (response.expiresInSeconds !== undefined) return ["expires_in", response.expiresInSeconds];
  const times = readJwtTimes(response.accessToken);
  if (times !== undefined) {
    // A clock that is behind the server's must not lengthen the life.
    const seconds = times.expiresAt - Math.max(now, times.issuedAt ?? now);
    if (seconds > 0) return ["jwt_exp", seconds];
  }
  return ["assumed", assumedLifetimeSeconds];
}
