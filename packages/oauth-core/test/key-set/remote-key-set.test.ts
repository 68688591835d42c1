import { failed, ok } from "@credicorp/oauth-core";
import type { KeySetReport, KeySetSource } from "@credicorp/oauth-core/key-set";
import { createRemoteKeySet, defaultKeySetOptions } from "@credicorp/oauth-core/key-set";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import { describe, expect, it } from "vitest";

/** A remote set whose source answers when the test says so; keys are imported as their own ids. */
function setUp() {
  const clock = createControlledClock();
  const answers: ((kids: readonly string[] | string) => void)[] = [];
  const source: KeySetSource = async ({ signal }) => {
    if (signal.aborted) return failed({ code: "aborted" });
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(failed({ code: "aborted" })));
      answers.push((answer) => {
        if (typeof answer === "string") return resolve(failed({ code: answer }));
        // What follows an @ is the key's material.
        const keys = answer.map((name) => {
          const [kid = "", x = kid] = name.split("@");
          return { kty: "EC", crv: "P-256", kid, x, y: "y" };
        });
        return resolve(ok({ kind: "received", keys, maxAgeSeconds: 300 }));
      });
    });
  };
  const reports: KeySetReport[] = [];
  const keys = createRemoteKeySet(source, {
    report: (report) => void reports.push(report),
    keySet: defaultKeySetOptions,
    algorithms: ["ES256"],
    ports: {
      clock,
      random: { fraction: () => 0.5 },
      signatureEngine: {
        importVerificationKey: (jwk, algorithm) => ok({ algorithm, handle: jwk.kid }),
      },
    },
  });
  const lookUp = (kid: string) => keys.lookUpKey({ kid, algorithm: "ES256" });
  /** What was told since the last call. */
  const told = () => reports.splice(0);
  return { clock, keys, lookUp, answers, told };
}

describe("remote key set", () => {
  it("serves a hundred lookups by one fetch, and later ones at once", async () => {
    const { lookUp, answers } = setUp();

    const lookups = Array.from({ length: 100 }, async () => lookUp("a"));
    expect(answers).toHaveLength(1);
    answers[0]?.(["a"]);

    const found = { kind: "found", key: { algorithm: "ES256", handle: "a" } };
    expect(await Promise.all(lookups)).toEqual(lookups.map(() => found));
    expect(lookUp("a")).toEqual(found);
  });

  it("ends the fetch in flight when it is closed, and serves the keys at hand", async () => {
    const { clock, keys, lookUp, answers } = setUp();
    const first = lookUp("a");
    answers[0]?.(["a"]);
    await first;
    clock.advance(299);
    expect(lookUp("a")).toMatchObject({ kind: "found" });
    keys.close();
    await expect.poll(() => keys.health().lastFailure).toBe("aborted");

    expect(lookUp("a")).toMatchObject({ kind: "found" });
    clock.advance(4000);
    expect(await lookUp("a")).toMatchObject({ kind: "unavailable" });
    expect(answers).toHaveLength(2);
  });

  it("says why there are no keys", async () => {
    const { keys, answers } = setUp();

    const loading = keys.load();
    answers[0]?.("jwks_status");
    expect(await loading).toMatchObject({
      phase: "empty",
      failures: 1,
      lastFailure: "jwks_status",
    });
  });

  it("tells of fetches and of keys that come and go", async () => {
    const { clock, keys, lookUp, answers, told } = setUp();
    const loading = keys.load();
    answers[0]?.(["a", "b"]);
    await loading;

    expect(told()).toEqual([
      { type: "keys_fetched", keyIds: ["a", "b"], lifetimeSeconds: 300, isUnchanged: false },
      { type: "key_added", kid: "a", algorithm: "ES256" },
      { type: "key_added", kid: "b", algorithm: "ES256" },
    ]);
    clock.advance(299);
    expect(lookUp("b")).toMatchObject({ kind: "found" });
    answers[1]?.(["b", "c"]);
    await expect.poll(() => keys.health().keyIds).toEqual(["b", "c"]);
    expect(told()).toEqual([
      { type: "keys_fetched", keyIds: ["b", "c"], lifetimeSeconds: 300, isUnchanged: false },
      { type: "key_added", kid: "c", algorithm: "ES256" },
      { type: "key_removed", kid: "a", algorithm: "ES256" },
    ]);
  });

  it("ATK-17 tells of new material under an old id as of another key", async () => {
    const { clock, keys, lookUp, answers, told } = setUp();
    const loading = keys.load();
    answers[0]?.(["a@1", "b"]);
    await loading;
    told();

    clock.advance(299);
    expect(lookUp("a")).toMatchObject({ kind: "found" });
    answers[1]?.(["a@2", "b"]);
    await expect
      .poll(() => told().map(({ type }) => type))
      .toEqual(["keys_fetched", "key_added", "key_removed"]);
  });

  it("tells nothing of a set that has to be confirmed, and of the second one what is new", async () => {
    const { keys, lookUp, answers, told } = setUp();
    const loading = keys.load();
    answers[0]?.(["a"]);
    await loading;
    told();

    const waiting = lookUp("b");
    answers[1]?.(["b"]);
    await expect.poll(() => answers.length).toBe(3);
    expect(told()).toEqual([]);
    answers[2]?.(["b"]);
    await waiting;
    expect(told().map(({ type }) => type)).toEqual(["keys_fetched", "key_added", "key_removed"]);
  });

  it("tells once when keys grow stale, when they are dead, and when the issuer is back", async () => {
    const { clock, lookUp, answers, told } = setUp();
    const failNext = async (count: number): Promise<void> => {
      const waiting = lookUp("a");
      answers[count]?.("network");
      await waiting;
    };
    const first = lookUp("a");
    answers[0]?.(["a"]);
    await first;
    told();

    clock.advance(300);
    await failNext(1);
    expect(told()).toEqual([
      {
        type: "keys_failed",
        reason: "network",
        failures: 1,
        phase: "stale",
        retryAfterSeconds: 0.75,
      },
      { type: "keys_stale", secondsLeft: 3600 },
    ]);
    clock.advance(60);
    await failNext(2);
    await expect.poll(() => told().map(({ type }) => type)).toEqual(["keys_failed"]);
    clock.advance(3540);
    await failNext(3);
    expect(told().map(({ type }) => type)).toEqual(["keys_dead", "keys_failed"]);
    clock.advance(60);
    await failNext(4);
    expect(told().map(({ type }) => type)).toEqual(["keys_failed"]);
    clock.advance(60);
    const waiting = lookUp("a");
    answers[5]?.(["a"]);
    await waiting;
    expect(told()).toEqual([
      { type: "keys_fetched", keyIds: ["a"], lifetimeSeconds: 300, isUnchanged: false },
      { type: "keys_recovered", failures: 4 },
    ]);
  });

  it("ATK-13 tells at once that unknown key ids are throttled, and then once a minute of how many", async () => {
    const { clock, lookUp, answers, told } = setUp();
    const first = lookUp("a");
    answers[0]?.(["a"]);
    await first;
    for (let count = 1; count <= 3; count += 1) {
      const waiting = lookUp(`unknown-${count}`);
      answers[count]?.(["a"]);
      await waiting;
    }
    told();

    for (let count = 0; count < 500; count += 1) await lookUp(`flood-${count}`);
    expect(told()).toEqual([{ type: "unknown_key_throttled", refused: 1 }]);
    clock.advance(29);
    await lookUp("late");
    expect(told()).toEqual([]);
    expect(answers).toHaveLength(4);
    clock.advance(31);
    for (let count = 4; count <= 5; count += 1) {
      const waiting = lookUp(`more-${count}`);
      answers[count]?.(["a"]);
      await waiting;
    }
    told();
    await lookUp("flood-again");
    expect(told()).toEqual([{ type: "unknown_key_throttled", refused: 501 }]);
    clock.advance(14);
    await lookUp("flood-again");
    expect(told()).toEqual([]);
  });
});
