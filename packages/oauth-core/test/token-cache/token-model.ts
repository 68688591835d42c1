import type { AnyOAuthError } from "@credicorp/oauth-core";
import { NetworkError, OAuthResponseError } from "@credicorp/oauth-core";
import type { TokenEffect } from "@credicorp/oauth-core/token-cache";
import fc from "fast-check";
import type { TestMachine } from "./machine.ts";

/** One event of a random history. */
export type Step =
  | { readonly kind: "want"; readonly patienceMs: number }
  | { readonly kind: "leave"; readonly reason: "aborted" | "timeout" }
  | { readonly kind: "advance"; readonly seconds: number }
  | { readonly kind: "jump"; readonly seconds: number }
  | { readonly kind: "receive"; readonly seconds: number; readonly isShared: boolean }
  | { readonly kind: "fail"; readonly error: AnyOAuthError }
  | { readonly kind: "late"; readonly seconds: number }
  | { readonly kind: "lose" }
  | { readonly kind: "reject"; readonly which: number }
  | { readonly kind: "revoke" }
  | { readonly kind: "credential" };

const errors = [
  new NetworkError("unreachable"),
  new OAuthResponseError({ status: 429, error: "slow_down" }, { retryAfterMs: 20_000 }),
  new OAuthResponseError({ status: 401, error: "invalid_client" }),
];

/** Draws one event. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("want"),
      patienceMs: fc.constantFrom(0, 5000, 30_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("leave"),
      reason: fc.constantFrom("aborted", "timeout"),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("advance"),
      seconds: fc.constantFrom(0.01, 0.3, 1, 7, 31, 120, 800),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("jump"),
      seconds: fc.constantFrom(-86_400, -60, 60, 3600),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("receive"),
      seconds: fc.constantFrom(1, 10, 900, 86_400),
      isShared: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("fail"), error: fc.constantFrom(...errors) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("late"), seconds: fc.constantFrom(1, 900) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("reject"), which: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("revoke") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("credential") }) },
) as fc.Arbitrary<Step>;

/** What must hold, kept apart from the machine's own state. */
export interface Model {
  readonly life: Map<string, { bornMs: number; bornAt: number; lifetimeMs: number }>;
  readonly dropped: Set<string>;
  readonly values: string[];
  inFlight: number | undefined;

  /** The token that came last, though it may be spent or dropped. */
  last: string | undefined;

  /** The last token that others must not find any more. */
  evicted: string | undefined;
  retired: number[];

  /** The request that was stopped for want of callers, or given up for lost, while nothing has happened since. */
  welcome: number | undefined;
  waiting: number;
  pausedUntilMs: number | undefined;
  noRequestBeforeMs: number;
}

/** The model of a machine to which nothing has happened. */
export function createModel(): Model {
  return {
    life: new Map(),
    dropped: new Set(),
    values: [],
    inFlight: undefined,
    last: undefined,
    evicted: undefined,
    retired: [],
    welcome: undefined,
    waiting: 0,
    pausedUntilMs: undefined,
    noRequestBeforeMs: 0,
  };
}

function isSpent(model: Model, value: string, machine: TestMachine): boolean {
  const { monotonicMs, epochSeconds } = machine.now();
  const life = model.life.get(value);
  if (life === undefined) throw new Error("A token that nobody issued");
  return (
    Math.max(monotonicMs - life.bornMs, (epochSeconds - life.bornAt) * 1000) >= life.lifetimeMs
  );
}

function check(effect: TokenEffect, model: Model, machine: TestMachine): void {
  const { monotonicMs } = machine.now();
  switch (effect.kind) {
    case "send":
      demand(model.inFlight === undefined, "one request at a time");
      demand(monotonicMs >= model.noRequestBeforeMs, "no request while an error is remembered");
      demand(
        effect.replaces?.value === model.last,
        "a request says which token others may not answer it with",
      );
      model.inFlight = effect.generation;
      model.welcome = undefined;
      model.pausedUntilMs = undefined;
      break;
    case "stop":
      if (model.inFlight !== undefined) {
        model.retired.push(model.inFlight);
        model.welcome = model.inFlight;
      }
      model.inFlight = undefined;
      model.pausedUntilMs = undefined;
      break;
    case "serve":
    case "deliver":
      demand(!isSpent(model, effect.token.value, machine), "no spent token");
      demand(!model.dropped.has(effect.token.value), "no dropped token");
      if (effect.kind === "deliver") model.waiting = 0;
      break;
    case "join":
      model.waiting += 1;
      break;
    case "pause":
      model.pausedUntilMs = effect.untilMs;
      break;
    case "reject":
      model.waiting = 0;
      if (!effect.error.retryable) model.noRequestBeforeMs = monotonicMs + 500;
      break;
    case "refuse":
      demand(effect.error.outage !== undefined, "a refusal is marked as remembered");
      demand((effect.error.retryAfterMs ?? 0) > 0, "a refusal says when the next try is");
      break;
    case "evict":
      demand(effect.token.value !== model.evicted, "a token is evicted once");
      model.evicted = effect.token.value;
      break;
    case "keep":
    case "report":
      break;
  }
}

/** Lets an event happen to both, and compares them. */
export function apply(command: Step, model: Model, machine: TestMachine): void {
  const run = (event: Parameters<TestMachine["step"]>[0]): readonly TokenEffect[] => {
    const effects = machine.step(event);
    for (const effect of effects) check(effect, model, machine);
    return effects;
  };
  const { monotonicMs, epochSeconds } = machine.now();
  const receive = (
    { seconds, isShared }: { readonly seconds: number; readonly isShared: boolean },
    generation: number,
  ): string => {
    const value = `token ${model.values.length}`;
    model.values.push(value);
    model.life.set(value, {
      bornMs: monotonicMs,
      bornAt: epochSeconds,
      lifetimeMs: seconds * 1000,
    });
    for (const effect of machine.receive({ value, seconds, isShared, generation })) {
      check(effect, model, machine);
    }
    if (machine.state().held?.token.value === value) model.last = value;
    return value;
  };
  switch (command.kind) {
    case "want": {
      const held = machine.state().held?.token.value;
      const isServable = held !== undefined && !isSpent(model, held, machine);
      const effects = run({ kind: "wanted", deadlineMs: monotonicMs + command.patienceMs });
      const answers = effects.filter(({ kind }) => ["serve", "join", "refuse"].includes(kind));
      demand(answers.length === 1, "one answer per caller");
      demand(
        !isServable || answers[0]?.kind !== "refuse",
        "an outage is invisible while a token is valid",
      );
      break;
    }
    case "leave":
      if (model.waiting === 0) break;
      model.waiting -= 1;
      run({ kind: "left", isOutOfTime: command.reason === "timeout" });
      break;
    case "advance":
      machine.advance(command.seconds);
      if (model.pausedUntilMs !== undefined && machine.now().monotonicMs >= model.pausedUntilMs) {
        model.pausedUntilMs = undefined;
        run({ kind: "woken" });
      }
      break;
    case "jump":
      machine.setNow(epochSeconds + command.seconds);
      break;
    case "receive": {
      if (model.inFlight === undefined) break;
      const generation = model.inFlight;
      model.inFlight = undefined;
      receive(command, generation);
      break;
    }
    case "fail": {
      if (model.inFlight === undefined) break;
      const generation = model.inFlight;
      model.inFlight = undefined;
      run({ kind: "failed", generation, error: command.error, fraction: 0.9 });
      break;
    }
    case "late": {
      const generation = model.retired.pop();
      if (generation === undefined) break;
      const isWelcome = generation === model.welcome;
      model.welcome = undefined;
      const value = receive({ ...command, isShared: false }, generation);
      demand(
        isWelcome === (machine.state().held?.token.value === value),
        "a token that comes late is kept when nothing has happened since, and not published otherwise",
      );
      break;
    }
    case "lose": {
      const generation = model.inFlight;
      if (generation === undefined) break;
      model.retired.push(generation);
      model.inFlight = undefined;
      model.welcome = generation;
      run({ kind: "lost" });
      break;
    }
    case "reject":
    case "revoke": {
      const value = model.values.at(command.kind === "reject" ? -1 - command.which : -1);
      if (value === undefined) break;
      const wasHeld = machine.state().held?.token.value === value;
      const effects = machine.step({
        kind: command.kind === "reject" ? "rejected" : "revoked",
        value,
      });
      const isDropped = wasHeld && !effects.some(({ kind }) => kind === "keep");
      if (isDropped) {
        model.dropped.add(value);
        // The request in flight is stopped, too, and began before the news.
        model.welcome = undefined;
      }
      demand(
        isDropped === effects.some(({ kind }) => kind === "evict"),
        "what is dropped here is evicted for the others, and nothing else",
      );
      for (const effect of effects) {
        check(effect, model, machine);
        if (effect.kind === "stop") model.welcome = undefined;
      }
      break;
    }
    case "credential":
      model.noRequestBeforeMs = 0;
      run({ kind: "credential_changed" });
      break;
  }
  demand(machine.state().waiting === model.waiting, "nobody is forgotten");
  demand(
    machine.isSending() === (model.inFlight !== undefined),
    "the state knows what is in flight",
  );
  const isAwaited = machine.isSending() || model.pausedUntilMs !== undefined;
  demand(model.waiting === 0 || isAwaited, "who waits will be answered");
}

function demand(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`Broken: ${promise}`);
}
