/**
 * Access tokens for one client with a secret, in a few kilobytes: for functions and edge runtimes.
 *
 * @module
 */

import type { AnyOAuthError } from "@credicorp/oauth-core";
import { AbortedError, TimeoutError } from "@credicorp/oauth-core";
import type { AccessToken, TokenEffect, TokenEvent, TokenState } from "@credicorp/oauth-core/token-cache";
import { advanceToken, initialTokenState, usableToken } from "@credicorp/oauth-core/token-cache";
import { systemClock } from "@credicorp/oauth-runtime";

import { createFreshToken } from "../tokens/fresh-token.ts";
import { readInstant } from "./instant.ts";
import { createTokenRequest } from "./token-request.ts";
import type { TokenSourceOptions } from "./token-source-options.ts";

export interface TokenSource {
  readonly getToken: (options?: { readonly signal?: AbortSignal }) => Promise<AccessToken>;
  readonly peekToken: () => AccessToken | undefined;
  readonly invalidate: (value: string) => boolean;
  readonly close: () => void;
}

const longestTimerMs = 2 ** 31 - 1;
type Settle = (error: AnyOAuthError | undefined, token?: AccessToken) => void;

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { maxWaitMs = 30_000, observe } = options;
  const request = createTokenRequest(options);
  const fresh = createFreshToken(systemClock);
  const waiting = new Map<Settle, number>();
  let state = initialTokenState;
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function dispatch(event: TokenEvent): TokenEffect | undefined {
    const now = readInstant();
    const { state: after, effects } = advanceToken(state, event, now);
    observe?.({ before: state, event, after }, now);
    enter(after);
    for (const effect of effects) perform(effect);
    return effects[0];
  }

  function enter(next: TokenState): void {
    fresh.hold(next.held);
    state = next;
  }

  function perform(effect: TokenEffect): void {
    switch (effect.kind) {
      case "send":
        running = new AbortController();
        void send(effect.generation, running.signal);
        break;
      case "stop":
        stop();
        break;
      case "pause":
        clearTimeout(timer);
        timer = setTimeout(dispatch, effect.untilMs - performance.now(), { kind: "woken" });
        for (const [settle, deadlineMs] of waiting) {
          if (deadlineMs < effect.untilMs) leave(settle, effect.error, held());
        }
        break;
      case "deliver":
        settleAll(undefined, effect.token);
        break;
      case "reject":
        settleAll(effect.error);
    }
  }

  function stop(): void {
    running?.abort();
    clearTimeout(timer);
  }

  async function send(generation: number, signal: AbortSignal): Promise<void> {
    const result = await request(signal);
    const outcome = { generation, fraction: Math.random() };
    dispatch(
      result.ok
        ? { ...outcome, kind: "received", token: result.value, isShared: false }
        : { ...outcome, kind: "failed", error: result.failure },
    );
  }

  function settleAll(error: AnyOAuthError | undefined, token?: AccessToken): void {
    for (const [settle] of waiting) settle(error, token);
  }

  function leave(settle: Settle, error: AnyOAuthError, token?: AccessToken): void {
    settle(error, token);
    dispatch({ kind: "left" });
  }

  function held(): AccessToken | undefined {
    return usableToken(state.held, readInstant());
  }

  async function obtain(signal: AbortSignal | undefined): Promise<AccessToken> {
    const aborted = () => new AbortedError("The caller stopped waiting", { cause: signal?.reason });
    if (signal?.aborted) throw aborted();
    const deadlineMs = performance.now() + maxWaitMs;
    const answer = dispatch({ kind: "wanted", deadlineMs });
    if (answer?.kind === "serve") return answer.token;
    if (answer?.kind === "refuse") throw answer.error;
    return new Promise((resolve, reject) => {
      const abort = () => leave(settle, aborted());
      const expire = () => leave(settle, new TimeoutError(`No access token within ${maxWaitMs} ms`, { cause: state.outage?.error }), held());
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
    invalidate: (value) => dispatch({ kind: "rejected", value })?.kind !== "keep",
    close: () => {
      stop();
      settleAll(new AbortedError("The source was closed"));
      enter(initialTokenState);
    },
  };
}
