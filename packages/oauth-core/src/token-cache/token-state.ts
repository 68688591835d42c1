/**
 * What the token machine knows, what may happen to it, and what it asks its shell to do.
 *
 * One machine serves one cache key.
 *
 * @module
 */

import type { AnyOAuthError, Outage } from "../errors.ts";
import type { AccessToken } from "./access-token.ts";
import type { RefreshSchedule } from "./freshness.ts";

/** A token that may be served, as long as it is not spent. */
export interface HeldToken {
  readonly token: AccessToken;
  readonly schedule: RefreshSchedule;

  /** `forced`: in place of one that was rejected or revoked. `shared`: another process had asked for it. */
  readonly origin?: "requested" | "forced" | "shared" | undefined;

  /** No refresh before this moment of the monotonic clock, unless the token is spent. */
  readonly earliestRefreshAtMs: number;
}

/** The one token request in flight. */
export interface RequestInFlight {
  /** Answers to an earlier generation come too late. */
  readonly generation: number;

  /** From 1, within a round. */
  readonly attempt: number;

  /** No caller depends on it: it goes on when nobody waits. */
  readonly isBackground: boolean;
}

/** Failures since the last success. */
export interface OngoingOutage extends Outage {
  readonly error: AnyOAuthError;

  /** Nothing is sent before this moment of the monotonic clock. */
  readonly nextTryAtMs: number;

  /** Tries of the round that goes on; 0 when it is over and callers are refused until the next one. */
  readonly roundTries: number;

  /** Rounds that failed. */
  readonly rounds: number;
}

/** Rejections of young tokens, in close succession. */
export interface RejectionStreak {
  readonly count: number;

  /** No further rejection is believed before this moment of the monotonic clock. */
  readonly nextAtMs: number;
}

/** The state of one cache key. Plain data. */
export interface TokenState {
  readonly held?: HeldToken | undefined;
  readonly request?: RequestInFlight | undefined;
  readonly outage?: OngoingOutage | undefined;

  /** The token that was rejected or revoked, until there is another. */
  readonly dropped?: AccessToken | undefined;
  readonly streak: RejectionStreak;

  /** Callers who wait for a token. */
  readonly waiting: number;

  /** Grows with each request and each rejection: a token is as good as any while nothing of the kind has come between. */
  readonly generation: number;

  /** Whether the next token is the first of this process. */
  readonly isFirst: boolean;
}

/** What may happen. `fraction` is a fresh random number in [0, 1). */
export type TokenEvent =
  /** A caller wants a token, by a moment of the monotonic clock. */
  | { readonly kind: "wanted"; readonly deadlineMs: number }
  /** A caller who waited does not any more: its time is up, or it was told to stop. */
  | { readonly kind: "left"; readonly isOutOfTime: boolean }
  | {
      readonly kind: "received";
      readonly generation: number;
      readonly token: AccessToken;

      /** Whether another process had asked for it, and no request was made. */
      readonly isShared?: boolean;
      readonly fraction: number;
    }
  | {
      readonly kind: "failed";
      readonly generation: number;
      readonly error: AnyOAuthError;
      readonly fraction: number;
    }
  /** Whoever made the request in flight is gone, and its outcome with it. */
  | { readonly kind: "lost" }
  /** The pause that a `pause` effect asked for is over. */
  | { readonly kind: "woken" }
  /** A resource server rejected a token as invalid. */
  | { readonly kind: "rejected"; readonly value: string }
  /** A token was revoked on purpose. */
  | { readonly kind: "revoked"; readonly value: string }
  /** Another credential is there: what the old one failed with is forgotten. */
  | { readonly kind: "credential_changed" };

/** What may happen where whoever made a request lives to see its outcome, and the credential stays as it is. */
export type PlainTokenEvent = Exclude<TokenEvent, { readonly kind: "lost" | "credential_changed" }>;

/** What the shell is to do, in order. */
export type TokenEffect =
  /** The caller gets this token. */
  | { readonly kind: "serve"; readonly token: AccessToken }
  /** The caller waits. */
  | { readonly kind: "join" }
  /** The caller gets this error, at once. */
  | { readonly kind: "refuse"; readonly error: AnyOAuthError }
  /** Get a token: from another process, if it is newer than the one it `replaces`, or by a request. */
  | {
      readonly kind: "send";
      readonly generation: number;
      readonly replaces?: AccessToken | undefined;
    }
  /** Take this token, and none that is newer, from where other processes would find it. */
  | { readonly kind: "evict"; readonly token: AccessToken }
  /** Abort the request in flight and forget the pause: nobody waits for the outcome. */
  | { readonly kind: "stop" }
  /** Report `woken` at this moment; callers whose deadline is earlier `leave` with the error now. */
  | { readonly kind: "pause"; readonly untilMs: number; readonly error: AnyOAuthError }
  /** All who wait get this token. */
  | { readonly kind: "deliver"; readonly token: AccessToken }
  /** All who wait get this error. */
  | { readonly kind: "reject"; readonly error: AnyOAuthError }
  /** The rejection is not believed: the token stays. */
  | { readonly kind: "keep" }
  | { readonly kind: "report"; readonly report: TokenReport };

/** What subscribers are told. It holds no token, no secret and no client id. */
export type TokenReport =
  | {
      readonly type: "obtained";
      readonly scope: readonly string[];
      readonly lifetimeSeconds: number;
      readonly lifetimeSource: AccessToken["lifetimeSource"];
      readonly isBackground: boolean;
    }
  /** The token of another process was taken: no request was made. */
  | {
      readonly type: "shared";
      readonly scope: readonly string[];
      readonly lifetimeSeconds: number;
      readonly ageSeconds: number;
    }
  /**
   * The store that processes share could not be asked in time, has failed, or holds what cannot be read: the client goes
   * on without it.
   */
  | {
      readonly type: "store_failed";
      readonly operation: "get" | "set" | "delete" | "acquire" | "renew" | "release";
      readonly reason: "timeout" | "unavailable" | "unreadable";
    }
  /** Less was granted than asked. */
  | {
      readonly type: "scope_narrowed";
      readonly requested: readonly string[];
      readonly granted: readonly string[];
    }
  /** The answer did not say how long the token lives. */
  | {
      readonly type: "lifetime_guessed";
      readonly lifetimeSource: "jwt_exp" | "assumed";
      readonly lifetimeSeconds: number;
    }
  /** A refresh failed; callers do not notice, because the token is still valid. */
  | { readonly type: "degraded"; readonly error: AnyOAuthError; readonly attempts: number }
  /** A request failed and there is no valid token. */
  | { readonly type: "failed"; readonly error: AnyOAuthError; readonly attempts: number }
  /** A token was obtained after failures. */
  | { readonly type: "recovered"; readonly attempts: number; readonly since: number }
  /** A token was dropped because it was rejected or revoked. */
  | { readonly type: "dropped"; readonly reason: "rejected" | "revoked" };

/** The state that knows nothing. */
export const initialTokenState: TokenState = {
  streak: { count: 0, nextAtMs: 0 },
  waiting: 0,
  generation: 0,
  isFirst: true,
};

/** A state and what is to be done. */
export interface TokenTransition {
  readonly state: TokenState;
  readonly effects: readonly TokenEffect[];
}

/** What a step has led from and to. */
export interface TakenStep {
  readonly before: TokenState;
  readonly event: TokenEvent;
  readonly after: TokenState;
}
