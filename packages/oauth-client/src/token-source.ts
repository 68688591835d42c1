import type { AnyOAuthError, Clock, Result } from "@credicorp/oauth-core";
import { AbortedError, TimeoutError } from "@credicorp/oauth-core";
import type {
  AccessToken,
  Instant,
  TokenEffect,
  TokenEvent,
  TokenReport,
  TokenState,
} from "@credicorp/oauth-core/token-cache";
import { freshnessOf, initialTokenState, stepToken } from "@credicorp/oauth-core/token-cache";

import type { ClientPorts } from "./client-options.ts";
import { settleWithin } from "./settle-within.ts";

/** How long one caller waits. */
export interface Patience {
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The tokens of one cache key. */
export interface TokenSource {
  /** Returns the token while it is fresh: two clocks are read, and nothing else happens. */
  readonly peek: () => AccessToken | undefined;

  /** @throws {@link OAuthError} when there is no token in time; the shared request goes on for others. */
  readonly get: (patience: Patience) => Promise<AccessToken>;

  /** Drops a token, unless a newer one is there; tells whether it makes sense to ask again. */
  readonly drop: (value: string, reason: "rejected" | "revoked") => boolean;

  /** Aborts what is in flight; whoever waits gets an {@link AbortedError}. */
  readonly close: () => void;
}

/** What a token source needs. */
export interface TokenSourceOptions extends ClientPorts {
  /** Makes one token request; never rejects. */
  readonly obtain: (signal: AbortSignal) => Promise<Result<AccessToken, AnyOAuthError>>;

  /** Looks whether the credential has changed since the last request; never rejects. */
  readonly hasNewCredential: () => Promise<boolean>;
  readonly report: (report: TokenReport) => void;
}

interface Waiter {
  readonly deadlineMs: number;
  readonly resolve: (token: AccessToken) => void;
  readonly reject: (error: AnyOAuthError) => void;
}

/** Runs the token machine of core: sends, sleeps and wakes who waits. */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { obtain, hasNewCredential, report, clock, sleep, random } = options;
  const waiters = new Set<Waiter>();
  let state: TokenState = initialTokenState;
  let running = new AbortController();
  let wakeAtMs = 0;
  let checking: Promise<boolean> | undefined;

  // The hot path: until when the held token is fresh, by both clocks.
  let fresh: AccessToken | undefined;
  let freshUntilMs = 0;
  let freshUntil = 0;

  /** Takes a step and does what it asks for; returns the effects that concern the caller alone. */
  function dispatch(event: TokenEvent): readonly TokenEffect[] {
    const transition = stepToken(state, event, readInstant(clock));
    enter(transition.state);
    for (const effect of transition.effects) perform(effect);
    return transition.effects;
  }

  function enter(next: TokenState): void {
    if (next.held !== state.held) {
      fresh = next.held?.token;
      const { monotonicMs = 0, epochSeconds = 0 } = fresh?.requestedAt ?? {};
      const freshForMs = next.held?.schedule.ageingAfterMs ?? 0;
      freshUntilMs = monotonicMs + freshForMs;
      freshUntil = epochSeconds + freshForMs / 1000;
    }
    state = next;
  }

  function perform(effect: TokenEffect): void {
    switch (effect.kind) {
      case "send":
        void send(effect.generation);
        break;
      case "stop":
        running.abort();
        running = new AbortController();
        wakeAtMs = 0;
        break;
      case "pause":
        // Whoever joins a pause is told of it again.
        if (wakeAtMs === effect.untilMs) break;
        wakeAtMs = effect.untilMs;
        void pause(effect.untilMs);
        for (const waiter of waiters) {
          if (waiter.deadlineMs < effect.untilMs) leave(waiter, effect.error);
        }
        break;
      case "deliver":
        for (const waiter of waiters) waiter.resolve(effect.token);
        waiters.clear();
        break;
      case "reject":
        for (const waiter of waiters) waiter.reject(effect.error);
        waiters.clear();
        break;
      case "report":
        report(effect.report);
        break;
      case "serve":
      case "join":
      case "refuse":
      case "keep":
        break;
    }
  }

  async function send(generation: number): Promise<void> {
    const result = await obtain(running.signal);
    const fraction = random.fraction();
    if (result.ok) dispatch({ kind: "received", generation, token: result.value, fraction });
    else dispatch({ kind: "failed", generation, error: result.failure, fraction });
  }

  async function pause(untilMs: number): Promise<void> {
    const { signal } = running;
    await sleep(Math.max(0, untilMs - clock.monotonicMs()), signal);
    if (signal.aborted) return;
    wakeAtMs = 0;
    dispatch({ kind: "woken" });
  }

  function leave(waiter: Waiter, error: AnyOAuthError): void {
    if (!waiters.delete(waiter)) return;
    waiter.reject(error);
    dispatch({ kind: "left" });
  }

  async function giveUp(waiter: Waiter, maxWaitMs: number, settled: AbortSignal): Promise<void> {
    await sleep(maxWaitMs, settled);
    const { held } = state;
    // Whoever waited for a newer token is better off with a good old one than with none.
    if (waiters.has(waiter) && held && freshnessOf(held, readInstant(clock)) !== "spent") {
      waiter.resolve(held.token);
    }
    leave(waiter, buildWaitError(maxWaitMs, state));
  }

  /** Asks the credential once for all who were refused meanwhile. */
  function checkCredential(): Promise<boolean> {
    checking ??= hasNewCredential().finally(() => {
      checking = undefined;
    });
    return checking;
  }

  async function wait(deadlineMs: number, { signal, maxWaitMs }: Patience): Promise<AccessToken> {
    const settled = new AbortController();
    const promise = new Promise<AccessToken>((resolve, reject) => {
      const waiter: Waiter = { deadlineMs, resolve, reject };
      waiters.add(waiter);
      if (signal?.aborted) leave(waiter, buildAbortedError(signal));
      signal?.addEventListener("abort", () => leave(waiter, buildAbortedError(signal)), {
        signal: settled.signal,
      });
      void giveUp(waiter, maxWaitMs, settled.signal);
    });
    try {
      return await promise;
    } finally {
      settled.abort();
    }
  }

  return {
    peek: () =>
      clock.monotonicMs() < freshUntilMs && clock.now() < freshUntil ? fresh : undefined,

    get: async (patience) => {
      const { signal, maxWaitMs } = patience;
      if (signal?.aborted) throw buildAbortedError(signal);
      const deadlineMs = clock.monotonicMs() + maxWaitMs;
      let answer = dispatch({ kind: "wanted", deadlineMs }).find(isAnswer);
      if (
        answer?.kind === "refuse" &&
        isCredentialError(answer.error) &&
        (await settleWithin(checkCredential(), { timeoutMs: maxWaitMs, sleep, signal }))
      ) {
        dispatch({ kind: "credential_changed" });
        answer = dispatch({ kind: "wanted", deadlineMs }).find(isAnswer);
      }
      if (answer?.kind === "refuse")
        throw signal?.aborted ? buildAbortedError(signal) : answer.error;
      return answer?.kind === "serve" ? answer.token : wait(deadlineMs, patience);
    },

    drop: (value, reason) => !dispatch({ kind: reason, value }).some(({ kind }) => kind === "keep"),

    close: () => {
      running.abort();
      const error = new AbortedError("The client was closed");
      for (const waiter of waiters) waiter.reject(error);
      waiters.clear();
      enter(initialTokenState);
    },
  };
}

function readInstant({ monotonicMs, now }: Clock): Instant {
  return { monotonicMs: monotonicMs(), epochSeconds: now() };
}

function isAnswer(
  effect: TokenEffect,
): effect is Extract<TokenEffect, { kind: "serve" | "join" | "refuse" }> {
  return effect.kind === "serve" || effect.kind === "join" || effect.kind === "refuse";
}

function isCredentialError(error: AnyOAuthError): boolean {
  return error.kind === "oauth" && error.error === "invalid_client";
}

function buildAbortedError({ reason }: AbortSignal): AbortedError {
  return new AbortedError("The caller stopped waiting for an access token", { cause: reason });
}

function buildWaitError(maxWaitMs: number, { outage }: TokenState): TimeoutError {
  return new TimeoutError(`There was no access token within ${maxWaitMs} ms`, {
    ...(outage !== undefined && { cause: outage.error }),
    hint: "The request goes on for others who wait. Allow more with maxWaitMs.",
  });
}
