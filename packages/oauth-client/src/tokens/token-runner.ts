import type { Clock, Random } from "@credicorp/oauth-core";
import { failed, NetworkError } from "@credicorp/oauth-core";
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
  initialTokenState,
  stepToken,
  usableToken,
} from "@credicorp/oauth-core/token-cache";

import type { CallerSharing } from "./caller-sharing.ts";
import { createFreshToken } from "./fresh-token.ts";
import type { TokenSupply } from "./token-supply.ts";

/** What one step of the machine has led to. */
export interface Step {
  readonly effects: readonly TokenEffect[];

  /** The token request that was made; it never rejects. */
  readonly request: Promise<void> | undefined;
}

/** The token machine of core at work. */
export interface TokenRunner {
  /** Returns the token while it is fresh. */
  readonly peek: () => AccessToken | undefined;

  /** Takes a step and does what it asks for. */
  readonly dispatch: (event: TokenEvent) => Step;
  readonly state: () => TokenState;

  /** Returns the token unless it is spent. */
  readonly heldToken: () => AccessToken | undefined;
  readonly explain: () => TokenExplanation;

  /** Forgets everything. */
  readonly reset: () => void;
}

/** What {@link createTokenRunner} needs. */
export interface TokenRunnerOptions {
  readonly supply: TokenSupply;
  readonly sharing: CallerSharing;
  readonly report: (report: TokenReport) => void;
  readonly clock: Clock;
  readonly random: Pick<Random, "fraction">;
}

/** Runs the token machine of core: it sends, and tells those who wait. */
export function createTokenRunner(options: TokenRunnerOptions): TokenRunner {
  const { supply, sharing, report, clock, random } = options;
  const { waiting } = sharing;
  let state: TokenState = initialTokenState;
  let lastError: TokenHistory["lastError"];
  let served: ServedReason | undefined;

  // The hot path.
  const fresh = createFreshToken(clock);

  function dispatch(event: TokenEvent): Step {
    const { state: next, effects } = stepToken(state, event, readInstant(clock));
    enter(next);
    let request: Promise<void> | undefined;
    for (const effect of effects) {
      if (effect.kind === "send") request = sharing.start((signal) => send(effect, signal));
      else perform(effect);
    }
    return { effects, request };
  }

  function enter(next: TokenState): void {
    if (next.held !== state.held) fresh.hold(next.held);
    state = next;
  }

  function perform(effect: Exclude<TokenEffect, { kind: "send" }>): void {
    switch (effect.kind) {
      case "stop":
        sharing.stop();
        break;
      case "pause":
        if (sharing.pauseUntil(effect.untilMs)) {
          waiting.dismissBefore(effect.untilMs, effect.error);
        }
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
    }
  }

  async function send(
    { generation, replaces }: Extract<TokenEffect, { kind: "send" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const work = supply.obtain({ signal, replaces });
    // It promises not to reject. Should it all the same, a request without an outcome would be the last one ever.
    const result = await work.catch(() => failed(buildBrokenRequestError()));
    const fraction = random.fraction();
    if (result.ok) dispatch({ kind: "received", generation, ...result.value, fraction });
    else dispatch({ kind: "failed", generation, error: result.failure, fraction });
  }

  return {
    dispatch,
    peek: () => {
      const token = fresh.peek();
      // All that explaining costs here. How many hits there were is not counted.
      if (token !== undefined) served = "hit";
      return token;
    },
    state: () => state,
    heldToken: () => usableToken(state.held, readInstant(clock)),
    explain: () => explainToken(state, { served, lastError }, readInstant(clock)),
    // What was in flight belongs to a generation that is over.
    reset: () => enter({ ...initialTokenState, generation: state.generation + 1 }),
  };
}

function readInstant({ monotonicMs, now }: Clock): Instant {
  return { monotonicMs: monotonicMs(), epochSeconds: now() };
}

/** Why those who waited get what is held now. */
function reasonOf({ held }: TokenState): ServedReason {
  return held?.origin === undefined || held.origin === "requested" ? "joined" : held.origin;
}

function buildBrokenRequestError(): NetworkError {
  return new NetworkError("The token request broke off", {
    hint: "A port has thrown. Its error is not repeated here: it may hold a secret.",
  });
}
