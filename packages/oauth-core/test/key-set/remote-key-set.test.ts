import { failed, ok } from "@credicorp/oauth-core";
import type { KeySetSource } from "@credicorp/oauth-core/key-set";
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
        const keys = answer.map((kid) => ({ kty: "EC", crv: "P-256", kid }));
        return resolve(ok({ kind: "received", keys, maxAgeSeconds: 300 }));
      });
    });
  };
  const keys = createRemoteKeySet(source, {
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
  return { clock, keys, lookUp, answers };
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
});
