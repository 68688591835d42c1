/**
 * Access tokens for one client with a secret, in less than 6 kB: for functions and edge runtimes.
 *
 * It runs the token machine that the whole client runs, and leaves out what is around it: discovery, sending calls, other
 * credentials, stores, explanations, and most of the words of errors.
 *
 * @module
 */

import type { AnyOAuthError } from "@credicorp/oauth-core";
import { AbortedError, TimeoutError } from "@credicorp/oauth-core";
import type {
  AccessToken,
  TokenEffect,
  OwnedTokenEvent,
  TokenState,
} from "@credicorp/oauth-core/token-cache";
import { advanceToken, initialTokenState, usableToken } from "@credicorp/oauth-core/token-cache";
import { systemClock } from "@credicorp/oauth-runtime";

import { createFreshToken } from "../tokens/fresh-token.ts";
import { readInstant } from "./instant.ts";
import { createTokenRequest } from "./token-request.ts";
import type { TokenSourceOptions } from "./token-source-options.ts";

export type { AnyOAuthError } from "@credicorp/oauth-core";
export { isOAuthError } from "@credicorp/oauth-core";
export type { AccessToken, TokenReport } from "@credicorp/oauth-core/token-cache";
export type { Fetch, SecretAuthenticationMethod } from "../options/client-options.ts";
export { tokenEvents } from "./token-events.ts";
export type { TokenSourceOptions } from "./token-source-options.ts";

/** The tokens of one client, for one scope and resource. All functions may be destructured. */
export interface TokenSource {
  /**
   * Returns a token that is valid now; a request is made only when none is held.
   *
   * A signal stops this caller's waiting, not the request that others wait for too.
   *
   * @throws {@link OAuthError} when there is none in time.
   */
  readonly getToken: (options?: { readonly signal?: AbortSignal }) => Promise<AccessToken>;

  /** Returns the token at once if a fresh one is held. It starts nothing. */
  readonly peekToken: () => AccessToken | undefined;

  /**
   * Drops a token that a resource server has rejected as invalid, unless a newer one is there.
   *
   * Tells whether it makes sense to ask again: where token after token is rejected, the fault is not theirs, and the token
   * is kept for a while.
   */
  readonly invalidate: (token: Pick<AccessToken, "value">) => boolean;

  /** Aborts what is in flight, whose callers get an {@link AbortedError}, and forgets the token. */
  readonly close: () => void;
}

/** Ends the waiting of one caller. */
type Settle = (error: AnyOAuthError | undefined, token?: AccessToken) => void;

const longestTimerMs = 2 ** 31 - 1;

/**
 * Creates a token source. Nothing is sent until the first call.
 *
 * @throws {@link ConfigurationError} when the endpoint, the id or the secret is missing or wrong.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { maxWaitMs = 30_000, observe } = options;
  const request = createTokenRequest(options);
  const fresh = createFreshToken(systemClock);
  // With the moment of the monotonic clock that each of them waits for at the longest.
  const waiting = new Map<Settle, number>();
  let state = initialTokenState;
  let running: AbortController | undefined;
  let wakeTimer: ReturnType<typeof setTimeout> | undefined;

  /** Takes a step and does what it asks for; returns the first effect, which is the answer to a caller. */
  function dispatch(event: OwnedTokenEvent): TokenEffect | undefined {
    const now = readInstant();
    const before = state;
    const { state: after, effects } = advanceToken(before, event, now);
    enter(after);
    for (const effect of effects) perform(effect);
    observe?.({ before, event, after }, now);
    return effects[0];
  }

  function enter(next: TokenState): void {
    state = next;
    fresh.hold(next.held);
  }

  function perform(effect: TokenEffect): void {
    if (effect.kind === "send") {
      running = new AbortController();
      void send(effect.generation, running.signal);
    } else if (effect.kind === "stop") {
      stop();
    } else if (effect.kind === "pause") {
      clearTimeout(wakeTimer);
      wakeTimer = setTimeout(dispatch, effect.untilMs - performance.now(), { kind: "woken" });
      for (const [settle, deadlineMs] of waiting) {
        if (deadlineMs < effect.untilMs) leave(settle, effect.error, heldToken());
      }
    } else if (effect.kind === "deliver") {
      settleAll(undefined, effect.token);
    } else if (effect.kind === "reject") {
      settleAll(effect.error);
    }
  }

  async function send(generation: number, signal: AbortSignal): Promise<void> {
    const result = await request(signal);
    // Chance spreads refreshes here, and guards no secret.
    const outcome = { generation, fraction: Math.random() };
    dispatch(
      result.ok
        ? { ...outcome, kind: "received", token: result.value, isShared: false }
        : { ...outcome, kind: "failed", error: result.failure },
    );
  }

  function stop(): void {
    running?.abort();
    clearTimeout(wakeTimer);
  }

  function settleAll(error: AnyOAuthError | undefined, token?: AccessToken): void {
    for (const [settle] of waiting) settle(error, token);
  }

  function leave(settle: Settle, error: AnyOAuthError, token?: AccessToken): void {
    settle(error, token);
    dispatch({ kind: "left", isOutOfTime: error.kind !== "aborted" });
  }

  /** For those whose time is up: a good old token is better than none. */
  function heldToken(): AccessToken | undefined {
    return usableToken(state.held, readInstant());
  }

  async function obtain(signal: AbortSignal | undefined): Promise<AccessToken> {
    const buildAbortedError = (): AbortedError =>
      new AbortedError("The caller stopped waiting", { cause: signal?.reason });
    if (signal?.aborted) throw buildAbortedError();
    const deadlineMs = performance.now() + maxWaitMs;
    const answer = dispatch({ kind: "wanted", deadlineMs });
    if (answer?.kind === "serve") return answer.token;
    if (answer?.kind === "refuse") throw answer.error;
    return new Promise((resolve, reject) => {
      const abort = (): void => leave(settle, buildAbortedError());
      const expire = (): void => {
        const cause = state.outage?.error;
        const error = new TimeoutError(`No access token within ${maxWaitMs} ms`, { cause });
        leave(settle, error, heldToken());
      };
      const patience = setTimeout(expire, Math.min(maxWaitMs, longestTimerMs));
      const settle: Settle = (error, token) => {
        waiting.delete(settle);
        clearTimeout(patience);
        signal?.removeEventListener("abort", abort);
        if (token === undefined) reject(error);
        else resolve(token);
      };
      waiting.set(settle, deadlineMs);
      signal?.addEventListener("abort", abort);
    });
  }

  return {
    getToken: ({ signal } = {}) => {
      const token = fresh.peek();
      return token === undefined ? obtain(signal) : Promise.resolve(token);
    },
    peekToken: fresh.peek,
    invalidate: ({ value }) => dispatch({ kind: "rejected", value })?.kind !== "keep",
    close: () => {
      stop();
      settleAll(new AbortedError("The source was closed"));
      enter(initialTokenState);
    },
  };
}
