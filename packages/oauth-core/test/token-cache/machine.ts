import type { AnyOAuthError } from "@credicorp/oauth-core";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import type {
  AccessToken,
  Instant,
  TokenEffect,
  TokenEvent,
  TokenState,
} from "@credicorp/oauth-core/token-cache";
import { buildAccessToken, initialTokenState, stepToken } from "@credicorp/oauth-core/token-cache";

/** A token as a test describes it; without `seconds` the answer does not say how long it lives. */
export interface TestToken {
  readonly value?: string;
  readonly seconds?: number;

  /** How long ago it was asked for. */
  readonly ageSeconds?: number;
  readonly scope?: readonly string[];
  readonly generation?: number;

  /** Whether another process had asked for it. */
  readonly isShared?: boolean;
}

/** The token machine under a clock that stands still, with what its shell would remember. */
export interface TestMachine {
  readonly now: () => Instant;
  readonly advance: (seconds: number) => void;
  readonly setNow: (epochSeconds: number) => void;
  readonly step: (event: TokenEvent) => readonly TokenEffect[];
  readonly want: (deadlineMs?: number) => "serve" | "join" | "refuse";
  readonly leave: (reason?: "aborted" | "timeout") => void;
  readonly receive: (token: TestToken) => readonly TokenEffect[];
  readonly fail: (error: AnyOAuthError) => void;
  readonly drop: (kind: "rejected" | "revoked", value?: string) => "keep" | "dropped";
  readonly changeCredential: () => void;

  /** Lets time pass until the machine asked to be woken, and wakes it. */
  readonly wake: () => void;
  readonly wakesAtMs: () => number | undefined;
  readonly isSending: () => boolean;
  readonly generation: () => number;
  readonly state: () => TokenState;
  readonly sent: () => number;
  readonly delivered: () => readonly string[];
  readonly errors: () => readonly AnyOAuthError[];
  readonly refusal: () => AnyOAuthError | undefined;
  readonly reports: () => readonly string[];
}

/** Starts a machine; `fraction` stands for every random number. */
export function startMachine(
  options: { readonly fraction?: number; readonly requestedScope?: readonly string[] } = {},
): TestMachine {
  const { fraction = 0, requestedScope = [] } = options;
  const clock = createControlledClock();
  const effects: TokenEffect[] = [];
  let state = initialTokenState;
  let wakeAtMs: number | undefined;

  const now = (): Instant => ({ monotonicMs: clock.monotonicMs(), epochSeconds: clock.now() });
  function step(event: TokenEvent): readonly TokenEffect[] {
    const transition = stepToken(state, event, now());
    ({ state } = transition);
    effects.push(...transition.effects);
    for (const effect of transition.effects) {
      if (effect.kind === "pause") wakeAtMs = effect.untilMs;
      if (effect.kind === "stop" || effect.kind === "send") wakeAtMs = undefined;
    }
    return transition.effects;
  }
  function build(token: TestToken): AccessToken {
    const { value = "token", seconds, ageSeconds = 0, scope } = token;
    const { monotonicMs, epochSeconds } = now();
    return buildAccessToken(
      { accessToken: value, tokenType: "Bearer", expiresInSeconds: seconds, scope },
      {
        requestedAt: {
          monotonicMs: monotonicMs - ageSeconds * 1000,
          epochSeconds: epochSeconds - ageSeconds,
        },
        requestedScope,
      },
    );
  }
  const of = <Kind extends TokenEffect["kind"]>(
    kind: Kind,
  ): Extract<TokenEffect, { kind: Kind }>[] =>
    effects.filter(
      (effect): effect is Extract<TokenEffect, { kind: Kind }> => effect.kind === kind,
    );

  return {
    now,
    advance: clock.advance,
    setNow: clock.setNow,
    step,
    want: (deadlineMs = Infinity) => {
      for (const { kind } of step({ kind: "wanted", deadlineMs })) {
        if (kind === "serve" || kind === "join" || kind === "refuse") return kind;
      }
      throw new Error("The caller got no answer");
    },
    leave: (reason = "aborted") => void step({ kind: "left", isOutOfTime: reason === "timeout" }),
    receive: (token) => {
      const { generation = state.generation, isShared = false } = token;
      return step({ kind: "received", generation, token: build(token), isShared, fraction });
    },
    fail: (error) => void step({ kind: "failed", generation: state.generation, error, fraction }),
    drop: (kind, value = state.held?.token.value ?? "") =>
      step({ kind, value }).some((effect) => effect.kind === "keep") ? "keep" : "dropped",
    changeCredential: () => void step({ kind: "credential_changed" }),
    wake: () => {
      if (wakeAtMs === undefined) return;
      clock.advance(Math.max(0, wakeAtMs - clock.monotonicMs()) / 1000);
      wakeAtMs = undefined;
      step({ kind: "woken" });
    },
    wakesAtMs: () => wakeAtMs,
    isSending: () => state.request !== undefined,
    generation: () => state.generation,
    state: () => state,
    sent: () => of("send").length,
    delivered: () => of("deliver").map(({ token }) => token.value),
    errors: () => of("reject").map(({ error }) => error),
    refusal: () => of("refuse").at(-1)?.error,
    reports: () => of("report").map(({ report }) => report.type),
  };
}
