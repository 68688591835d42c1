import type { AnyOAuthError } from "@credicorp/oauth-core";
import { AbortedError, TimeoutError } from "@credicorp/oauth-core";
import type {
  AccessToken,
  TokenEffect,
  TokenExplanation,
  TokenReport,
} from "@credicorp/oauth-core/token-cache";

import type { ClientPorts } from "../options/client-options.ts";
import { settleWithin } from "../waiting/settle-within.ts";
import { shareSignal } from "../waiting/shared-signal.ts";
import type { Patience } from "../waiting/waiting-callers.ts";
import { buildAbortedError } from "../waiting/waiting-callers.ts";
import type { CallerSharing, CallerSharingOptions } from "./caller-sharing.ts";
import type { TokenRunner } from "./token-runner.ts";
import { createTokenRunner } from "./token-runner.ts";
import type { TokenSupply } from "./token-supply.ts";
import type { TokenTarget } from "./token-target.ts";

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

  /** How callers share what one of them asks for. */
  readonly share: (options: CallerSharingOptions) => CallerSharing;
}

/** What a caller was answered. */
interface Answer {
  readonly effect: Extract<TokenEffect, { kind: "serve" | "join" | "refuse" }> | undefined;

  /** The token request that the caller has made. */
  readonly request: Promise<void> | undefined;
}

/** Makes the source of the tokens of one cache key. */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { target, hasNewCredential, share, clock, sleep } = options;
  const sharing = share({
    clock,
    sleep,
    onLeft: (isOutOfTime) => void runner.dispatch({ kind: "left", isOutOfTime }),
    onWoken: () => runner.dispatch({ kind: "woken" }).request,
    onLost: () => runner.dispatch({ kind: "lost" }).request,
    fallback: () => runner.heldToken(),
    explain: (maxWaitMs) => buildWaitError(maxWaitMs, runner),
  });
  const { waiting } = sharing;
  const runner = createTokenRunner({ ...options, sharing });

  function ask(deadlineMs: number): Answer {
    const taken = sharing.takeOver?.();
    const { effects, request = taken } = runner.dispatch({ kind: "wanted", deadlineMs });
    return { effect: effects.find(isAnswer), request };
  }

  /** Looks at the credential once for all who were refused meanwhile; tells whether to ask again. */
  async function isWorthAskingAgain({ maxWaitMs, signal }: Patience): Promise<boolean | undefined> {
    const { outage } = runner.state();
    const bound = { timeoutMs: maxWaitMs, sleep, signal: signal && shareSignal(signal) };
    const isNew = await settleWithin(sharing.checkOnce(hasNewCredential), bound);
    if (signal?.aborted) throw buildAbortedError(signal.reason);
    // What failed meanwhile, failed with the new credential.
    if (isNew && runner.state().outage === outage) runner.dispatch({ kind: "credential_changed" });
    return isNew;
  }

  return {
    peek: runner.peek,

    get: async (patience) => {
      const { maxWaitMs, signal, waitUntil } = patience;
      if (signal?.aborted) throw buildAbortedError(signal.reason);
      const deadlineMs = clock.monotonicMs() + maxWaitMs;
      let { effect, request } = ask(deadlineMs);
      if (
        effect?.kind === "refuse" &&
        isCredentialError(effect.error) &&
        (await isWorthAskingAgain(patience))
      ) {
        ({ effect, request } = ask(deadlineMs));
      }
      if (effect?.kind === "refuse") throw effect.error;
      if (request !== undefined) waitUntil?.(request);
      if (effect?.kind !== "serve") return waiting.wait(patience, deadlineMs, request);
      if (request === undefined || waitUntil !== undefined) return effect.token;
      await sharing.attend?.(request, patience);
      return runner.heldToken() ?? effect.token;
    },

    drop: (value, reason) =>
      !runner.dispatch({ kind: reason, value }).effects.some(({ kind }) => kind === "keep"),

    explain: () => ({
      requested: { scope: target.scope, resources: target.resources },
      ...runner.explain(),
    }),

    close: (reason) => {
      sharing.stop();
      waiting.reject(new AbortedError(reason));
      runner.reset();
    },
  };
}

function isAnswer(
  effect: TokenEffect,
): effect is Extract<TokenEffect, { kind: "serve" | "join" | "refuse" }> {
  return /^(?:serve|join|refuse)$/.test(effect.kind);
}

function isCredentialError(error: AnyOAuthError): boolean {
  return error.kind === "oauth" && error.error === "invalid_client";
}

function buildWaitError(maxWaitMs: number, runner: TokenRunner): TimeoutError {
  const { outage } = runner.state();
  return new TimeoutError(`There was no access token within ${maxWaitMs} ms`, {
    ...(outage !== undefined && { cause: outage.error }),
    hint: "The request goes on. Allow more with maxWaitMs.",
  });
}
