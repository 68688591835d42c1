import type {
  FetchOutcome,
  KeySetKey,
  KeySetOptions,
  KeySetState,
} from "@credicorp/oauth-core/key-set";
import {
  defaultKeySetOptions,
  emptyKeySet,
  endFetch,
  keySetPhase,
  lookUpKey,
} from "@credicorp/oauth-core/key-set";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

const options: KeySetOptions = defaultKeySetOptions;

function keyOf(kid: string): KeySetKey {
  return { kid, key: { algorithm: "ES256", handle: kid } };
}

/** Runs the machine by hand: what the shell of a verifier does, with every step visible. */
function setUp() {
  const clock = createControlledClock();
  let state: KeySetState = emptyKeySet(options);
  const end = (outcome: FetchOutcome): void => {
    state = endFetch(state, outcome, { nowMs: clock.monotonicMs(), options });
  };
  return {
    clock,
    health: () => ({ phase: keySetPhase(state, clock.monotonicMs()), failures: state.failures }),
    lookUp: (kid: string, hasWaited = false): string => {
      const query = { kid, algorithm: "ES256", hasWaited } as const;
      const step = lookUpKey(state, query, { nowMs: clock.monotonicMs(), options });
      ({ state } = step);
      return step.startsFetch ? `${step.answer.kind}, fetch` : step.answer.kind;
    },
    lookUpFully: (kid: string) => {
      const query = { kid, algorithm: "ES256", hasWaited: true } as const;
      return lookUpKey(state, query, { nowMs: clock.monotonicMs(), options }).answer;
    },
    succeed: (kids: readonly string[], maxAgeSeconds?: number): void => {
      const validator = { url: "https://keys.example", etag: `"${kids.join()}"` };
      end({ kind: "fetched", keys: kids.map(keyOf), maxAgeSeconds, validator, jitter: 0.5 });
    },
    keep: (maxAgeSeconds?: number): void => {
      end({ kind: "unchanged", maxAgeSeconds, jitter: 0.5 });
    },
    isFetching: () => state.isFetching,
    etag: () => state.validator?.etag,
    fail: (jitter = 1): void => end({ kind: "failed", reason: "network", jitter }),
    lastFailure: () => state.lastFailure,
  };
}

describe("key-set machine", () => {
  it("starts one fetch for any number of lookups and serves them all after it", () => {
    const { lookUp, succeed, health } = setUp();

    expect(health().phase).toBe("empty");
    expect([lookUp("a"), lookUp("a"), lookUp("b")]).toEqual(["wait, fetch", "wait", "wait"]);
    succeed(["a"]);
    expect([lookUp("a", true), lookUp("a"), lookUp("b", true)]).toEqual([
      "found",
      "found",
      "not_found",
    ]);
    expect(health().phase).toBe("fresh");
  });

  it("refreshes ahead while it serves, once", () => {
    const { clock, lookUp, succeed, health } = setUp();
    lookUp("a");
    succeed(["a"], 100);

    clock.advance(79.9);
    expect(lookUp("a")).toBe("found");
    clock.advance(0.1);
    expect(health().phase).toBe("ageing");
    expect([lookUp("a"), lookUp("a")]).toEqual(["found, fetch", "found"]);
    succeed(["a"], 100);
    expect(health().phase).toBe("fresh");
  });

  it.each([
    [undefined, 600],
    [0, 30],
    [29, 30],
    [31, 31],
    [86_400, 86_400],
    [10_000_000, 86_400],
  ])("JWK-05 takes max-age %s for %i seconds", (maxAgeSeconds, lifetimeSeconds) => {
    const { clock, lookUp, succeed, health } = setUp();
    lookUp("a");
    succeed(["a"], maxAgeSeconds);

    clock.advance(lifetimeSeconds - 0.001);
    expect(health().phase).toBe("ageing");
    clock.advance(0.001);
    expect(health().phase).toBe("stale");
  });

  it("waits for newer keys at the end of the lifetime, and serves stale ones only when that failed", () => {
    const { clock, lookUp, succeed, fail } = setUp();
    lookUp("a");
    succeed(["a"], 100);

    clock.advance(100);
    expect([lookUp("a"), lookUp("a")]).toEqual(["wait, fetch", "wait"]);
    fail();
    expect([lookUp("a", true), lookUp("a")]).toEqual(["found", "found"]);
    clock.advance(1);
    expect([lookUp("a"), lookUp("a")]).toEqual(["found, fetch", "found"]);
  });

  it("ATK-16 stops to serve a removed key with the answer that lacks it", () => {
    const { clock, lookUp, succeed } = setUp();
    lookUp("a");
    succeed(["a", "b"], 100);

    clock.advance(100);
    expect(lookUp("a")).toBe("wait, fetch");
    succeed(["b"], 100);
    expect([lookUp("a", true), lookUp("b")]).toEqual(["not_found", "found"]);
  });

  it("ATK-16 serves no key beyond the stale bound", () => {
    const { clock, lookUp, succeed, fail, health } = setUp();
    lookUp("a");
    succeed(["a"], 100);
    clock.advance(100);
    lookUp("a");
    fail();

    clock.advance(3599);
    expect(lookUp("a")).toBe("found, fetch");
    fail();
    clock.advance(1);
    expect(health().phase).toBe("dead");
    expect(lookUp("a")).toBe("unavailable");
    clock.advance(60);
    expect(lookUp("a")).toBe("wait, fetch");
    succeed(["a"]);
    expect(lookUp("a")).toBe("found");
  });

  it("waits longer after each failure in a row, up to a minute, and says how long", () => {
    const { clock, lookUp, lookUpFully, fail } = setUp();
    const waits = [1, 2, 4, 8, 16, 32, 60, 60];

    expect(lookUp("a")).toBe("wait, fetch");
    for (const seconds of waits) {
      fail();
      expect(lookUpFully("a")).toEqual({
        kind: "unavailable",
        retryAfterSeconds: seconds,
        reason: "network",
      });
      clock.advance(seconds - 0.001);
      expect(lookUp("a")).toBe("unavailable");
      clock.advance(0.001);
      expect(lookUp("a")).toBe("wait, fetch");
    }
  });

  it("shortens a wait by up to half at random", () => {
    const { clock, lookUp, fail } = setUp();
    lookUp("a");
    fail(0);

    clock.advance(0.499);
    expect(lookUp("a")).toBe("unavailable");
    clock.advance(0.001);
    expect(lookUp("a")).toBe("wait, fetch");
  });

  it("ATK-13 lets unknown key ids cause three fetches at once and one more each 30 seconds", () => {
    const { clock, lookUp, succeed } = setUp();
    lookUp("a");
    succeed(["a"], 86_400);
    const flood = (count: number): number => {
      let fetches = 0;
      for (let index = 0; index < count; index += 1) {
        if (!lookUp(`unknown-${index}`).endsWith("fetch")) continue;
        fetches += 1;
        succeed(["a"], 86_400);
      }
      return fetches;
    };

    expect(flood(1000)).toBe(3);
    clock.advance(29.9);
    expect(flood(1000)).toBe(0);
    clock.advance(0.1);
    expect(flood(1000)).toBe(1);
    clock.advance(3600);
    expect(flood(1000)).toBe(3);
    expect(lookUp("a")).toBe("found");
  });

  it("JWK-04 finds a new key as soon as a token asks for it", () => {
    const { lookUp, succeed } = setUp();
    lookUp("a");
    succeed(["a"]);

    expect(lookUp("b")).toBe("wait, fetch");
    succeed(["a", "b"]);
    expect(lookUp("b", true)).toBe("found");
  });

  it("does not call an unknown key unknown while the issuer fails: it may be a new one", () => {
    const { lookUp, succeed, fail } = setUp();
    lookUp("a");
    succeed(["a"]);

    expect(lookUp("b")).toBe("wait, fetch");
    fail();
    expect([lookUp("b", true), lookUp("b"), lookUp("a")]).toEqual([
      "unavailable",
      "unavailable",
      "found",
    ]);
  });

  it("ATK-18 keeps the keys at hand when an answer has none that is usable", () => {
    const { clock, lookUp, succeed, lastFailure } = setUp();
    lookUp("a");
    succeed(["a"], 100);
    clock.advance(90);

    expect(lookUp("a")).toBe("found, fetch");
    succeed([]);
    expect(lookUp("a")).toBe("found");
    expect(lastFailure()).toBe("jwks_no_usable_key");
  });

  it("is fresh again when the issuer says that nothing has changed", () => {
    const { clock, lookUp, succeed, keep, health, etag } = setUp();
    lookUp("a");
    succeed(["a"], 100);
    expect(etag()).toBe('"a"');

    clock.advance(90);
    expect(lookUp("a")).toBe("found, fetch");
    keep(100);
    expect(health().phase).toBe("fresh");
    clock.advance(79);
    expect(lookUp("a")).toBe("found");
    clock.advance(1);
    expect(lookUp("a")).toBe("found, fetch");
  });

  it("asks a second time, at once, before a set without any known key replaces a good one", () => {
    const { lookUp, succeed, isFetching } = setUp();
    lookUp("a");
    succeed(["a", "b"]);

    expect(lookUp("c")).toBe("wait, fetch");
    succeed(["c"]);
    expect(isFetching()).toBe(true);
    expect([lookUp("a"), lookUp("c")]).toEqual(["found", "wait"]);
    succeed(["c", "d"]);
    expect(isFetching()).toBe(false);
    expect([lookUp("a", true), lookUp("c", true)]).toEqual(["not_found", "found"]);
  });

  it.each<[string, (setting: ReturnType<typeof setUp>) => void, string]>([
    ["has known keys again", ({ succeed }) => succeed(["a", "c"]), "found"],
    ["is that nothing has changed", ({ keep }) => keep(), "not_found"],
    ["fails", ({ fail }) => fail(), "unavailable"],
  ])("keeps a good set when the second answer %s", (_name, answer, newKey) => {
    const setting = setUp();
    const { lookUp, succeed, isFetching } = setting;
    lookUp("a");
    succeed(["a"]);
    lookUp("c");
    succeed(["c"]);

    answer(setting);
    expect(isFetching()).toBe(false);
    expect([lookUp("a"), lookUp("c", true)]).toEqual(["found", newKey]);
  });

  it("asks only once where a set shares a key with the one before, or where there was no good one", () => {
    const { clock, lookUp, succeed, isFetching } = setUp();
    lookUp("a");
    succeed(["a"], 100);
    expect(isFetching()).toBe(false);

    lookUp("b");
    succeed(["a", "b"], 100);
    expect(isFetching()).toBe(false);
    clock.advance(10_000);
    expect(lookUp("c")).toBe("wait, fetch");
    succeed(["c"]);
    expect([isFetching(), lookUp("c")]).toEqual([false, "found"]);
  });

  it("ATK-16 drops a good set when two answers in a row have no usable key", () => {
    const { clock, lookUp, succeed, health, etag } = setUp();
    lookUp("a");
    succeed(["a"], 100);
    clock.advance(90);
    lookUp("a");

    succeed([]);
    clock.advance(1);
    expect([etag(), lookUp("a")]).toEqual(['"a"', "found, fetch"]);
    succeed([]);
    expect(health()).toEqual({ phase: "empty", failures: 2 });
    expect([etag(), lookUp("a")]).toEqual([undefined, "unavailable"]);
    clock.advance(2);
    expect(lookUp("a")).toBe("wait, fetch");
    succeed(["a"]);
    expect(lookUp("a", true)).toBe("found");
  });

  it("ATK-13 remembers for a minute that a key is unknown, so that others may be asked for", () => {
    const { clock, lookUp, succeed, keep } = setUp();
    lookUp("a");
    succeed(["a"], 86_400);

    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (lookUp("gone") === "wait, fetch") keep(86_400);
      lookUp("gone", true);
    }
    expect([lookUp("b"), lookUp("c")]).toEqual(["wait, fetch", "wait"]);
    keep(86_400);
    expect([lookUp("b", true), lookUp("c", true)]).toEqual(["not_found", "not_found"]);
    expect([lookUp("gone"), lookUp("b"), lookUp("c")]).toEqual(Array(3).fill("not_found"));
    clock.advance(60);
    expect(lookUp("gone")).toBe("wait, fetch");
  });

  it("ATK-13 forgets what is unknown when the set is refreshed", () => {
    const { clock, lookUp, succeed, keep } = setUp();
    lookUp("b");
    succeed(["a"], 30);
    expect([lookUp("b", true), lookUp("b")]).toEqual(["not_found", "not_found"]);

    clock.advance(25);
    expect(lookUp("a")).toBe("found, fetch");
    keep(30);
    expect(lookUp("b")).toBe("wait, fetch");
    succeed(["a", "b"], 30);
    expect(lookUp("b", true)).toBe("found");
  });

  it("ATK-13 remembers neither many unknown keys nor those with long ids", () => {
    const { lookUp, succeed } = setUp();
    lookUp("a");
    succeed(["a"], 86_400);

    lookUp("x".repeat(257), true);
    expect(lookUp("x".repeat(257))).toBe("wait, fetch");
    succeed(["a"], 86_400);
    for (let index = 0; index < 101; index += 1) lookUp(`unknown-${index}`, true);
    expect([lookUp("unknown-1"), lookUp("unknown-0")]).toEqual(["not_found", "wait, fetch"]);
  });
});
