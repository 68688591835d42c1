import type { AnyOAuthError, Clock } from "@credicorp/oauth-core";
import { AbortedError, failed, NetworkError, TimeoutError } from "@credicorp/oauth-core";
import type {
  AccessToken,
  Instant,
  ServedReason,
  TokenEffect,
  TokenEvent,
  TokenExplanation,
  TokenHistory,
  TokenReport,
  TokenState,
} from "@credicorp/oauth-core/token-cache";
import {
  explainToken,
  freshnessOf,
  initialTokenState,
  stepToken,
} from "@credicorp/oauth-core/token-cache";

import type { ClientPorts } from "../options/client-options.ts";
import { settleWithin } from "../waiting/settle-within.ts";
import { shareSignal } from "../waiting/shared-signal.ts";
import type { Patience } from "../waiting/waiting-callers.ts";
import { createFreshToken } from "./fresh-token.ts";
import type { TokenTarget } from "./token-target.ts";
import type { TokenSupply, TokenWish } from "./token-supply.ts";
import { buildAbortedError, createWaitingCallers } from "../waiting/waiting-callers.ts";

/** The tokens of one cache key. */
export interface TokenSource {
  /** Returns the token while it is fresh: two clocks are read, and nothing else happens. */
  readonly peek: () => AccessToken | undefined;

  /** @throws {@link OAuthError} when there is no token in time; the shared request goes on for others. */
  readonly get: (patience: Patience) => Promise<AccessToken>;

  /** Drops a token, unless a newer one is there; tells whether it makes sense to ask again. */
  readonly drop: (value: string, reason: "rejected" | "revoked") => boolean;

  /** Costs {@link TokenSource.peek} one assignment. */
  readonly explain: () => ClientExplanation;

  /** Aborts what is in flight; whoever waits gets an {@link AbortedError} with the reason. */
  readonly close: (reason: string) => void;
}

/** The tokens of one scope and resource, for a person to read; no token, no secret and no client id is in it. */
export interface ClientExplanation extends TokenExplanation {
  /** What is asked for. */
  readonly requested: Pick<TokenTarget, "scope" | "resources">;
}

/** What a token source needs. */
export interface TokenSourceOptions extends ClientPorts {
  readonly target: TokenTarget;
  readonly supply: TokenSupply;

  /** Looks whether the credential has changed since the last request; never rejects. */
  readonly hasNewCredential: () => Promise<boolean>;
  readonly report: (report: TokenReport) => void;
}

/** Runs the token machine of core: sends, sleeps and wakes who waits. */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { target, supply, hasNewCredential, report, clock, sleep, random } = options;
  const waiting = createWaitingCallers({
    sleep,
    onLeft: () => dispatch({ kind: "left" }),
    fallback: heldToken,
    explain: (maxWaitMs) => buildWaitError(maxWaitMs, state),
  });
  let state: TokenState = initialTokenState;
  let running = new AbortController();
  let wakeAtMs = 0;
  let checking: Promise<boolean> | undefined;
  let lastError: TokenHistory["lastError"];
  let served: ServedReason | undefined;

  // The hot path.
  const fresh = createFreshToken(clock);

  /** Takes a step and does what it asks for; returns the effects that concern the caller alone. */
  function dispatch(event: TokenEvent): readonly TokenEffect[] {
    const transition = stepToken(state, event, readInstant(clock));
    enter(transition.state);
    for (const effect of transition.effects) perform(effect);
    return transition.effects;
  }

  function enter(next: TokenState): void {
    if (next.held !== state.held) fresh.hold(next.held);
    state = next;
  }

  function perform(effect: TokenEffect): void {
    switch (effect.kind) {
      case "send":
        void send(effect.generation, effect.replaces);
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
        waiting.dismissBefore(effect.untilMs, effect.error);
        break;
      case "evict":
        supply.evict(effect.token);
        break;
      case "deliver":
        served = reasonOf(state);
        waiting.deliver(effect.token);
        break;
      case "reject":
        waiting.reject(effect.error);
        break;
      case "report":
        if ("error" in effect.report) lastError = { error: effect.report.error, at: clock.now() };
        report(effect.report);
        break;
      case "serve":
        served = state.request === undefined ? "hit" : "background";
        break;
      case "join":
      case "refuse":
      case "keep":
        break;
    }
  }

  async function send(generation: number, replaces: TokenWish["replaces"]): Promise<void> {
    const { signal } = running;
    // It promises not to reject. Should it all the same, a request without an outcome would be the last one ever.
    const result = await supply
      .obtain({ signal, replaces })
      .catch(() => failed(buildBrokenRequestError()));
    const fraction = random.fraction();
    if (result.ok) dispatch({ kind: "received", generation, ...result.value, fraction });
    else dispatch({ kind: "failed", generation, error: result.failure, fraction });
  }

  async function pause(untilMs: number): Promise<void> {
    const { signal } = running;
    await sleep(Math.max(0, untilMs - clock.monotonicMs()), signal);
    if (signal.aborted) return;
    wakeAtMs = 0;
    dispatch({ kind: "woken" });
  }

  function heldToken(): AccessToken | undefined {
    const { held } = state;
    return held && freshnessOf(held, readInstant(clock)) !== "spent" ? held.token : undefined;
  }

  /** Asks the credential once for all who were refused meanwhile. */
  function checkCredential(): Promise<boolean> {
    checking ??= hasNewCredential().finally(() => {
      checking = undefined;
    });
    return checking;
  }

  return {
    peek: () => {
      const token = fresh.peek();
      // All that explaining costs here. How many hits there were is not counted.
      if (token !== undefined) served = "hit";
      return token;
    },

    get: async (patience) => {
      const { maxWaitMs } = patience;
      const signal = patience.signal && shareSignal(patience.signal);
      if (signal?.aborted) throw buildAbortedError(signal.reason);
      const deadlineMs = clock.monotonicMs() + maxWaitMs;
      let answer = dispatch({ kind: "wanted", deadlineMs }).find(isAnswer);
      if (answer?.kind === "refuse" && isCredentialError(answer.error)) {
        const { outage } = state;
        const bound = { timeoutMs: maxWaitMs, sleep, signal };
        const isNew = await settleWithin(checkCredential(), bound);
        if (signal?.aborted) throw buildAbortedError(signal.reason);
        if (isNew) {
          // What failed meanwhile, failed with the new credential.
          if (state.outage === outage) dispatch({ kind: "credential_changed" });
          answer = dispatch({ kind: "wanted", deadlineMs }).find(isAnswer);
        }
      }
      if (answer?.kind === "refuse") throw answer.error;
      return answer?.kind === "serve" ? answer.token : waiting.wait(patience, deadlineMs);
    },

    drop: (value, reason) => !dispatch({ kind: reason, value }).some(({ kind }) => kind === "keep"),

    explain: () => ({
      requested: { scope: target.scope, resources: target.resources },
      ...explainToken(state, { served, lastError }, readInstant(clock)),
    }),

    close: (reason) => {
      running.abort();
      waiting.reject(new AbortedError(reason));
      enter(initialTokenState);
    },
  };
}

function readInstant({ monotonicMs, now }: Clock): Instant {
  return { monotonicMs: monotonicMs(), epochSeconds: now() };
}

/** Why those who waited get what is held now. */
function reasonOf({ held }: TokenState): ServedReason {
  return held?.origin === undefined || held.origin === "requested" ? "joined" : held.origin;
}

function isAnswer(
  effect: TokenEffect,
): effect is Extract<TokenEffect, { kind: "serve" | "join" | "refuse" }> {
  return effect.kind === "serve" || effect.kind === "join" || effect.kind === "refuse";
}

function isCredentialError(error: AnyOAuthError): boolean {
  return error.kind === "oauth" && error.error === "invalid_client";
}

function buildBrokenRequestError(): NetworkError {
  return new NetworkError("The token request broke off", {
    hint: "A port has thrown an error. It is not repeated here: it may hold a secret.",
  });
}

function buildWaitError(maxWaitMs: number, { outage }: TokenState): TimeoutError {
  return new TimeoutError(`There was no access token within ${maxWaitMs} ms`, {
    ...(outage !== undefined && { cause: outage.error }),
    hint: "The request goes on for others who wait. Allow more with maxWaitMs.",
  });
}
