import type {
  FetchOutcome,
  KeySetKey,
  KeySetOptions,
  KeySetState,
} from "@credicorp/oauth-core/key-set";
import {
  checkImportTimes,
  defaultKeySetOptions,
  emptyKeySet,
  endFetch,
  importedKeySet,
  keySetPhase,
  lookUpKey,
} from "@credicorp/oauth-core/key-set";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const options: KeySetOptions = {
  ...defaultKeySetOptions,
  defaultLifetimeSeconds: 300,
  maxLifetimeSeconds: 1200,
  maxStaleSeconds: 900,
};

/** What may happen to an issuer and to a server that verifies its tokens. */
type Step =
  | { readonly kind: "advance"; readonly seconds: number }
  | { readonly kind: "lookup"; readonly kid: number }
  | { readonly kind: "publish" }
  | { readonly kind: "remove" }
  | { readonly kind: "outage"; readonly isDown: boolean }
  /** The fetch in flight ends; with `asked`, the issuer says whether anything has changed. */
  | {
      readonly kind: "answer";
      readonly jitter: number;
      readonly asked: boolean;
      readonly maxAgeSeconds: number | undefined;
    }
  /** The process ends, and another starts with the keys that this one exported; the wall clock may have been set. */
  | { readonly kind: "restart"; readonly downSeconds: number; readonly clockErrorSeconds: number };

const jitter = fc.double({ min: 0, max: 0.999, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("advance"),
    seconds: fc.oneof(fc.nat(5), fc.nat(60), fc.nat(1500)),
  } as const),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("lookup"),
      kid: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(12)),
    } as const),
  },
  fc.record({ kind: fc.constant("publish") } as const),
  fc.record({ kind: fc.constant("remove") } as const),
  fc.record({ kind: fc.constant("outage"), isDown: fc.boolean() } as const),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("answer"),
      jitter,
      asked: fc.boolean(),
      maxAgeSeconds: fc.constantFrom(undefined, undefined, 0, 29, 60, 300, 1200, 1201, 2 ** 31),
    } as const),
  },
  fc.record({
    kind: fc.constant("restart"),
    downSeconds: fc.oneof(fc.nat(10), fc.nat(2000)),
    clockErrorSeconds: fc.oneof(fc.constant(0), fc.integer({ min: -200, max: 1000 })),
  } as const),
);

/** An issuer, the machine, and everything that must hold between them at each step. */
function createWorld() {
  const clock = createControlledClock();
  const seconds = (): number => clock.monotonicMs() / 1000;
  let state: KeySetState = emptyKeySet(options);
  let published: number[] = [0];
  let nextKid = 1;
  let isDown = false;
  let isFetching = false;
  let isDoubted = false;
  let waiting: number[] = [];
  /** The last answer that was believed; \`life\` is that of its keys while the issuer answers. */
  let known:
    | { readonly kids: readonly number[]; readonly at: number; readonly life: number }
    | undefined;
  let lastFailure: { readonly at: number; readonly inARow: number } | undefined;
  let earlyFetches = 0;
  let startedAt = 0;
  let clockErrors = 0;
  const violations = new Set<string>();
  const must = (holds: boolean, promise: string): void => {
    if (!holds) violations.add(promise);
  };

  const onFetch = (): void => {
    must(!isFetching, "one fetch at a time");
    isFetching = true;
    if (lastFailure !== undefined) {
      const waitMs =
        Math.min(options.firstRetryMs * 2 ** (lastFailure.inARow - 1), options.maxRetryMs) / 2;
      must(clock.monotonicMs() - lastFailure.at * 1000 >= waitMs - 1e-6, "back-off");
    } else if (known !== undefined && seconds() - known.at < known.life * 0.7 - 1e-9) {
      earlyFetches += 1;
      const refilled = (seconds() - startedAt) / options.unknownKeyRefillSeconds;
      const allowance = options.unknownKeyBurst + refilled;
      must(earlyFetches <= allowance + 1e-9, "fetches for unknown keys are bounded");
    }
  };

  const isGood = (): boolean =>
    known !== undefined && seconds() - known.at < known.life + options.maxStaleSeconds;

  /** What must be believed of an answer; tells whether it must be asked for a second time. */
  const believe = (maxAgeSeconds: number | undefined): "again" | undefined => {
    if (isDown || published.length === 0) {
      lastFailure = { at: seconds(), inARow: (lastFailure?.inARow ?? 0) + 1 };
      if (isDown) return undefined;
      if (isDoubted) known = undefined;
      isDoubted = isGood();
      return undefined;
    }
    const isNew = !published.some((kid) => known?.kids.includes(kid));
    if (isGood() && isNew && !isDoubted) {
      isDoubted = true;
      return "again";
    }
    isDoubted = false;
    lastFailure = undefined;
    const { minLifetimeSeconds, maxLifetimeSeconds, defaultLifetimeSeconds } = options;
    const asked = maxAgeSeconds ?? defaultLifetimeSeconds;
    const life = Math.min(Math.max(asked, minLifetimeSeconds), maxLifetimeSeconds);
    known = { kids: published, at: seconds(), life };
    return undefined;
  };

  const answer = (end: Omit<Extract<Step, { kind: "answer" }>, "kind">): void => {
    const { jitter: fraction, asked, maxAgeSeconds } = end;
    if (!isFetching) return;
    if (isDoubted && !isGood()) isDoubted = false;
    const etag = published.join();
    const isUnchanged = asked && state.validator?.etag === etag;
    isFetching = believe(maxAgeSeconds) === "again";
    const keys = published.map((kid): KeySetKey => ({
      kid: `${kid}`,
      key: { algorithm: "ES256", handle: kid },
    }));
    const shared = { maxAgeSeconds, jitter: fraction };
    const validator = { url: "https://keys.example", etag };
    let outcome: FetchOutcome = { kind: "fetched", keys, validator, ...shared };
    if (isUnchanged) outcome = { kind: "unchanged", ...shared };
    if (isDown) outcome = { kind: "failed", reason: "network", jitter: fraction };
    state = endFetch(state, outcome, { nowMs: clock.monotonicMs(), options });
    must(state.isFetching === isFetching, "asks twice before a good set is replaced, no more");
    must(state.missingKeys.size <= 100, "remembers a bounded number of unknown keys");
    if (isFetching) return;
    const woken = waiting;
    waiting = [];
    for (const kid of woken) lookUp(kid, true);
  };

  const lookUp = (kid: number, hasWaited = false): string => {
    const query = { kid: `${kid}`, algorithm: "ES256", hasWaited } as const;
    const result = lookUpKey(state, query, { nowMs: clock.monotonicMs(), options });
    ({ state } = result);
    if (result.startsFetch) onFetch();
    const isKnown = known?.kids.includes(kid) === true;
    const { answer: given } = result;
    if (given.kind === "found") {
      const bound = (known?.life ?? 0) + (lastFailure === undefined ? 0 : options.maxStaleSeconds);
      must(given.key.handle === kid, "finds the key that was asked for");
      must(isKnown, "finds keys of the last answer only");
      must(known !== undefined && seconds() - known.at < bound, "serves no key beyond its bound");
    } else if (given.kind === "wait") {
      must(isFetching && !hasWaited, "waits only once and for a fetch");
      waiting.push(kid);
    } else if (given.kind === "not_found") {
      must(!isKnown, "calls no key of the last answer unknown");
      must(lastFailure === undefined, "calls no key unknown while the issuer fails");
    } else {
      must(given.retryAfterSeconds >= 1, "says when to come back");
      must(lastFailure !== undefined, "is unavailable only when the issuer failed");
    }
    return result.answer.kind;
  };

  const restart = (downSeconds: number, clockErrorSeconds: number): void => {
    if (clockErrorSeconds < 0) clockErrors += 1;
    const { keys, expiresAtMs, deadAtMs, validator } = state;
    const now = clock.now();
    const toEpochSeconds = (ms: number): number => now + ms / 1000 - seconds();
    const phase = keySetPhase(state, clock.monotonicMs());
    const exported = {
      issuer: "https://as.example",
      keys: [],
      exportedAt: now,
      expiresAt: toEpochSeconds(expiresAtMs),
      deadAt: toEpochSeconds(deadAtMs),
      validator,
    };
    clock.advance(downSeconds);
    clock.setNow(clock.now() + clockErrorSeconds);
    // A clock that was set back makes the keys look younger, and one that was set forward older.
    if (known !== undefined) known = { ...known, at: known.at - clockErrorSeconds };
    state = emptyKeySet(options);
    waiting = [];
    isFetching = false;
    isDoubted = false;
    lastFailure = undefined;
    earlyFetches = 0;
    startedAt = seconds();
    const context = { keys, now: clock.now(), nowMs: clock.monotonicMs(), options };
    const hasKeys = phase !== "empty" && phase !== "dead";
    if (!hasKeys || checkImportTimes(exported, context) !== undefined) {
      must(
        !isGood() || clockErrors > 0,
        "serves the keys of the process before while they are good",
      );
      known = undefined;
      return;
    }
    state = importedKeySet(exported, context);
    isFetching = state.isFetching;
    must(isFetching && lookUp(known?.kids[0] ?? -1) !== "not_found", "asks the issuer at once");
  };

  const run = (event: Step): void => {
    switch (event.kind) {
      case "advance":
        return clock.advance(event.seconds);
      case "lookup":
        return void lookUp(event.kid);
      case "publish":
        published = [...published, nextKid];
        nextKid += 1;
        return undefined;
      case "remove":
        published = published.slice(1);
        return undefined;
      case "outage":
        isDown = event.isDown;
        return undefined;
      case "answer":
        return answer(event);
      case "restart":
        return restart(event.downSeconds, event.clockErrorSeconds);
      default:
        throw new Error("unknown step");
    }
  };

  const answerFully = (): void => {
    answer({ jitter: 0, asked: true, maxAgeSeconds: undefined });
    answer({ jitter: 0, asked: true, maxAgeSeconds: undefined });
  };
  const recover = (): string => {
    answerFully();
    isDown = false;
    published = [...published, nextKid];
    const { unknownKeyRefillSeconds, unknownKeyMemorySeconds } = options;
    const longest = Math.max(unknownKeyRefillSeconds, unknownKeyMemorySeconds);
    clock.advance(Math.max(options.maxRetryMs / 1000, longest));
    const first = lookUp(nextKid);
    answerFully();
    return first === "wait" ? lookUp(nextKid, true) : first;
  };
  return { run, recover, violations };
}

describe("key-set machine against a model", () => {
  it("keeps its promises through any history, and a key published after it verifies within a minute", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: "max" }), (history) => {
        const { run, recover, violations } = createWorld();
        for (const event of history) run(event);

        expect(recover()).toBe("found");
        expect([...violations]).toEqual([]);
      }),
      { numRuns: 5 * (fc.readConfigureGlobal().numRuns ?? 100) },
    );
  });
});
