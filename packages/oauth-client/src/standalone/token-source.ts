/**
 * Access tokens for one client with a secret, in less than 6 kB: for functions and edge runtimes other than Workers.
 *
 * It runs the token machine that the whole client runs, and leaves out what is around it: discovery, sending calls, other
 * credentials, stores, explanations, and most of the words of errors.
 *
 * @module
 */

import type { AnyOAuthError } from "@credicorp/oauth-core";
import { AbortedError, ConfigurationError, TimeoutError } from "@credicorp/oauth-core";
import type {
  AccessToken,
  TokenEffect,
  PlainTokenEvent,
  TokenState,
} from "@credicorp/oauth-core/token-cache";
import { advanceToken, initialTokenState, usableToken } from "@credicorp/oauth-core/token-cache";
import { longestTimerMs, systemClock } from "@credicorp/oauth-runtime";

import { isWorkers } from "../platform/browser.ts";
import { createFreshToken } from "../tokens/fresh-token.ts";
import { checkPositive } from "./check-option.ts";
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

/** Ends the waiting of one caller: a token is better than an error. */
type Settle = (outcome: {
  readonly token?: AccessToken | undefined;
  readonly error?: AnyOAuthError;
}) => void;

/** How long one caller waits at the longest. */
interface Patience {
  /** Of the monotonic clock. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

const workersMessage = "Use createOAuthClient on Workers";

/**
 * Creates a token source. Nothing is sent until the first call.
 *
 * @throws {@link ConfigurationError} when the endpoint, the id, the secret, how it is sent or a time is missing or wrong, and
 * on Cloudflare Workers, where no request may await what another has begun.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  if (isWorkers(globalThis)) throw new ConfigurationError("sharing", workersMessage);
  const { maxWaitMs = 30_000, observe } = options;
  checkPositive("maxWaitMs", maxWaitMs);
  const request = createTokenRequest(options);
  const fresh = createFreshToken(systemClock);
  const waiting = new Map<Settle, Patience>();
  let state = initialTokenState;
  let running: AbortController | undefined;
  let wakeTimer: ReturnType<typeof setTimeout> | undefined;

  /** Takes a step and does what it asks for; returns the first effect, which is the answer to a caller. */
  function dispatch(event: PlainTokenEvent): TokenEffect | undefined {
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
      for (const [settle, { deadlineMs }] of waiting) {
        if (deadlineMs < effect.untilMs) leave(settle, effect.error);
      }
    } else if (effect.kind === "deliver" || effect.kind === "reject") {
      settleAll(effect);
    }
  }

  async function send(generation: number, signal: AbortSignal): Promise<void> {
    const result = await request(signal);
    // Chance spreads refreshes here, and guards no secret.
    const outcome = { generation, fraction: Math.random() };
    dispatch(
      result.ok
        ? { ...outcome, kind: "received", token: result.value }
        : { ...outcome, kind: "failed", error: result.failure },
    );
  }

  function stop(): void {
    running?.abort();
    clearTimeout(wakeTimer);
  }

  function settleAll(outcome: Parameters<Settle>[0]): void {
    const all = [...waiting.keys()];
    // Nobody is left to look for another who listens to the same signal.
    waiting.clear();
    for (const settle of all) settle(outcome);
  }

  function leave(settle: Settle, error: AnyOAuthError): void {
    const isOutOfTime = error.kind !== "aborted";
    // For those whose time is up a good old token is better than none.
    settle({ error, token: isOutOfTime ? usableToken(state.held, readInstant()) : undefined });
    dispatch({ kind: "left", isOutOfTime });
  }

  // The same for all who wait: Node warns of a signal that more than ten listen to.
  function onAbort(): void {
    for (const [settle, { signal }] of waiting) {
      if (signal?.aborted) leave(settle, buildAbortedError(signal));
    }
  }

  async function obtain(signal: AbortSignal | undefined): Promise<AccessToken> {
    if (signal?.aborted) throw buildAbortedError(signal);
    const deadlineMs = performance.now() + maxWaitMs;
    const answer = dispatch({ kind: "wanted", deadlineMs });
    if (answer?.kind === "serve") return answer.token;
    if (answer?.kind === "refuse") throw answer.error;
    return new Promise((resolve, reject) => {
      const expire = (): void => {
        const details = { cause: state.outage?.error };
        leave(settle, new TimeoutError(`No access token within ${maxWaitMs} ms`, details));
      };
      const patience = setTimeout(expire, Math.min(maxWaitMs, longestTimerMs));
      const settle: Settle = ({ error, token }) => {
        waiting.delete(settle);
        if (token === undefined) reject(error);
        else resolve(token);
        clearTimeout(patience);
        for (const [, other] of waiting) if (other.signal === signal) return;
        signal?.removeEventListener("abort", onAbort);
      };
      waiting.set(settle, { deadlineMs, signal });
      signal?.addEventListener("abort", onAbort);
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
      settleAll({ error: new AbortedError("The source was closed") });
      // What was in flight belongs to a generation that is over.
      enter({ ...initialTokenState, generation: state.generation + 1 });
    },
  };
}

function buildAbortedError({ reason: cause }: AbortSignal): AbortedError {
  return new AbortedError("The caller stopped waiting", { cause });
}
