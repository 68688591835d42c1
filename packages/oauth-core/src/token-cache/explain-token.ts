import type { AnyOAuthError } from "../errors.ts";
import type { AccessToken, Instant } from "./access-token.ts";
import { ageMs } from "./access-token.ts";
import type { Freshness } from "./freshness.ts";
import { freshnessOf } from "./freshness.ts";
import type { TokenState } from "./token-state.ts";

/**
 * Why a caller got the token that it got.
 *
 * `hit`: it was held and fresh. `background`: it was held, while another was fetched. `joined`: the caller waited for a
 * token request. `forced`: it waited for one in place of a token that was rejected or revoked. `shared`: another process
 * had asked for it.
 */
export type ServedReason = "hit" | "background" | "joined" | "forced" | "shared";

/** What a machine does not keep, because it decides nothing. */
export interface TokenHistory {
  /** Of the token that was served last. */
  readonly served: ServedReason | undefined;

  /** The last failure, though it may have been overcome. */
  readonly lastError: { readonly error: AnyOAuthError; readonly at: number } | undefined;
}

/** The state of one cache key for a person to read: plain data, without a token, a secret or a client id. */
export interface TokenExplanation {
  readonly freshness: Freshness | "none";
  readonly served: ServedReason | undefined;

  /** Of the token that is held. */
  readonly held: HeldTokenExplanation | undefined;

  /** Whether a token request is in flight. */
  readonly isRequesting: boolean;

  /** Callers who wait. */
  readonly waiting: number;
  readonly lastError: ErrorExplanation | undefined;

  /** Requests fail one after the other. Instants are in epoch seconds. */
  readonly outage:
    | { readonly since: number; readonly attempts: number; readonly nextTryAt: number }
    | undefined;
}

/** A held token, without the token. Instants are in epoch seconds. */
export interface HeldTokenExplanation {
  readonly scope: readonly string[];
  readonly ageSeconds: number;
  readonly expiresAt: number;
  readonly lifetimeSource: AccessToken["lifetimeSource"];

  /** The first call after it has another token fetched, in the background. */
  readonly nextRefreshAt: number;
}

/** An error, as far as it may be shown. */
export interface ErrorExplanation {
  readonly kind: AnyOAuthError["kind"];
  readonly code: AnyOAuthError["code"];
  readonly message: string;
  readonly hint: string | undefined;
  readonly requestId: string | undefined;

  /** Epoch seconds. */
  readonly at: number;
}

/** Explains a state. */
export function explainToken(
  state: TokenState,
  { served, lastError }: TokenHistory,
  now: Instant,
): TokenExplanation {
  const { held, request, outage, waiting } = state;
  return {
    freshness: held === undefined ? "none" : freshnessOf(held, now),
    served,
    held: held && explainHeld(held, now),
    isRequesting: request !== undefined,
    waiting,
    lastError: lastError && explainError(lastError),
    outage: outage && {
      since: outage.since,
      attempts: outage.attempts,
      nextTryAt: instantAfter(now, outage.nextTryAtMs - now.monotonicMs),
    },
  };
}

function explainHeld(
  { token, schedule, earliestRefreshAtMs }: NonNullable<TokenState["held"]>,
  now: Instant,
): HeldTokenExplanation {
  const age = ageMs(token, now);
  const { ageingAfterMs } = schedule;
  const refreshInMs = Math.max(ageingAfterMs - age, earliestRefreshAtMs - now.monotonicMs);
  return {
    scope: token.scope,
    ageSeconds: age / 1000,
    expiresAt: token.expiresAt,
    lifetimeSource: token.lifetimeSource,
    nextRefreshAt: instantAfter(now, refreshInMs),
  };
}

function explainError({ error, at }: NonNullable<TokenHistory["lastError"]>): ErrorExplanation {
  const { kind, code, message, hint, requestId } = error;
  return { kind, code, message, hint, requestId, at };
}

function instantAfter({ epochSeconds }: Instant, delayMs: number): number {
  return epochSeconds + Math.max(0, delayMs) / 1000;
}
