import type { GoodIntrospection, OkOutcome } from "@credicorp/oauth-core/resource-server";
import { createKeptIntrospections, toPrincipal } from "@credicorp/oauth-core/resource-server";
import { describe, expect, it } from "vitest";

const failure = { code: "inactive", message: "", reference: "" };

function good(change: { expiresAt?: number; notBefore?: number } = {}): GoodIntrospection {
  const outcome: OkOutcome = {
    kind: "ok",
    principal: toPrincipal({
      issuer: "https://as.example",
      subject: "c",
      clientId: "c",
      audience: ["a"],
      scope: [],
      issuedAt: 0,
      expiresAt: 1000,
      ...change,
    }),
  };
  return { outcome, kid: "k1" };
}

function create(change: { maxAgeMs?: number; maxRefusalAgeMs?: number; maxBytes?: number } = {}) {
  return createKeptIntrospections({
    maxAgeMs: 30_000,
    maxRefusalAgeMs: 5000,
    maxBytes: 100_000,
    ...change,
  });
}

describe("kept introspections", () => {
  it("are found up to their age, counted from the question", () => {
    const kept = create();
    kept.keepGood("good", 1000, good());
    kept.keepRefused("bad", 1000, failure);

    expect(kept.findGood("good", { nowMs: 30_999, now: 10 })).toBeDefined();
    expect(kept.findGood("good", { nowMs: 31_000, now: 10 })).toBeUndefined();
    expect(kept.findRefused("bad", { nowMs: 5999, now: 10 })).toMatchObject({ failure });
    expect(kept.findRefused("bad", { nowMs: 6000, now: 10 })).toBeUndefined();
    expect(kept.size()).toEqual({ good: 0, refused: 0, bytes: 0 });
  });

  it("ATK-39 are never found from exp on, before nbf, or by a clock that tells no time", () => {
    const kept = create();
    const keep = (): unknown => kept.keepGood("good", 0, good({ notBefore: 5 }));
    keep();
    expect(kept.findGood("good", { nowMs: 1, now: 999.9 })).toBeDefined();
    expect(kept.findGood("good", { nowMs: 1, now: 4.9 })).toBeUndefined();
    expect(kept.findGood("good", { nowMs: 1, now: 5 })).toBeDefined();
    expect(kept.findGood("good", { nowMs: 1, now: 1000 })).toBeUndefined();
    keep();
    expect(kept.findGood("good", { nowMs: 1, now: Number.NaN })).toBeUndefined();
    keep();
    expect(kept.findGood("good", { nowMs: Number.NaN, now: 10 })).toBeUndefined();
  });

  it("replace each other: the last word on a token is the only one", () => {
    const kept = create();
    const moment = { nowMs: 3, now: 10 };
    kept.keepGood("token", 1, good());
    kept.keepRefused("token", 2, failure);
    expect(kept.findGood("token", moment)).toBeUndefined();
    expect(kept.findRefused("token", moment)).toBeDefined();

    kept.keepGood("token", 3, good());
    expect(kept.findGood("token", moment)).toBeDefined();
    expect(kept.findRefused("token", moment)).toBeUndefined();
  });

  it("ATK-38 are one frozen value for all who asked the same question", () => {
    const kept = create();
    const first = kept.keepGood("token", 1, good());
    const second = kept.keepGood("token", 1, good());
    const third = kept.keepGood("token", 2, good());

    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(Object.isFrozen(first.outcome.principal.claims.audience)).toBe(true);
  });

  it("are none where nothing may be kept", () => {
    for (const kept of [create({ maxAgeMs: 0, maxRefusalAgeMs: 0 }), create({ maxBytes: 0 })]) {
      kept.keepGood("good", 0, good());
      kept.keepRefused("bad", 0, failure);
      expect(kept.size()).toEqual({ good: 0, refused: 0, bytes: 0 });
    }
  });

  it("ATK-41 stay within their bytes, and no flood of refused tokens pushes a good one out", () => {
    const kept = create({ maxBytes: 50_000 });
    kept.keepGood("good", 0, good());

    for (let index = 0; index < 1000; index += 1) {
      kept.keepRefused(`${"x".repeat(1000)}${index}`, 0, failure);
      expect(kept.size().bytes).toBeLessThanOrEqual(50_000);
    }

    expect(kept.size().refused).toBeGreaterThan(4);
    expect(kept.findGood("good", { nowMs: 1, now: 1 })).toBeDefined();
  });
});
