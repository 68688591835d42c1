import type { Revocation } from "@credicorp/oauth-core";
import {
  createRevocationSet,
  maxClockToleranceSeconds,
  revocationExpiresAt,
} from "@credicorp/oauth-core/revocation";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const now = 1_700_000_000;
const token = { jti: "t", clientId: "c", issuedAt: now, kid: "k" };

function setUp(...revocations: readonly Revocation[]) {
  const clock = createControlledClock(now);
  const set = createRevocationSet(clock);
  for (const revocation of revocations) set.add(revocation);
  return { clock, set };
}

describe("revocation set", () => {
  it("holds nothing against a token at first", () => {
    const { set } = setUp();

    expect([set.isRevoked(token), set.generation(), set.size()]).toEqual([false, 0, 0]);
  });

  it("finds a token by its jti, and by nothing else of it", () => {
    const { set } = setUp({ kind: "token", jti: "t", expiresAt: now + 60 });

    expect(set.isRevoked(token)).toBe(true);
    expect(set.isRevoked({ ...token, clientId: "d", kid: "l", issuedAt: now + 1 })).toBe(true);
    expect(set.isRevoked({ ...token, jti: "u" })).toBe(false);
  });

  it("ends what a client was issued before the date, and not what comes at the date", () => {
    const { set } = setUp({ kind: "client", clientId: "c", notBefore: now });

    expect(set.isRevoked({ ...token, issuedAt: now - 1 })).toBe(true);
    expect(set.isRevoked({ ...token, issuedAt: now })).toBe(false);
    expect(set.isRevoked({ ...token, clientId: "d", issuedAt: now - 1 })).toBe(false);
  });

  it.each([
    { name: "earlier one after it", dates: [now, now - 100] },
    { name: "earlier one before it", dates: [now - 100, now] },
  ])("keeps the later date of a client when it hears an $name", ({ dates }) => {
    const { set } = setUp(
      ...dates.map((notBefore) => ({ kind: "client", clientId: "c", notBefore }) as const),
    );

    expect(set.isRevoked({ ...token, issuedAt: now - 1 })).toBe(true);
    expect(set.isRevoked({ ...token, issuedAt: now })).toBe(false);
  });

  it("ends all that a key signed, whenever, and tokens that do not say which key signed them", () => {
    const { set } = setUp({ kind: "key", kid: "k" });

    expect(set.isRevoked(token)).toBe(true);
    expect(set.isRevoked({ ...token, issuedAt: now + 1e6 })).toBe(true);
    expect(set.isRevoked({ ...token, kid: "l" })).toBe(false);
    expect(set.isRevoked({ ...token, kid: undefined })).toBe(true);
  });

  it("does not ask for a key id while no key is revoked", () => {
    const { set } = setUp({ kind: "token", jti: "other", expiresAt: now + 60 });

    expect(set.isRevoked({ ...token, kid: undefined })).toBe(false);
  });

  it.each(["__proto__", "constructor", "toString", ""])("takes the name %j for a name", (name) => {
    const { set } = setUp();
    const named = { jti: name, clientId: name, issuedAt: 0, kid: name };

    expect(set.isRevoked(named)).toBe(false);
    set.add({ kind: "key", kid: name });
    expect(set.isRevoked(named)).toBe(true);
  });

  it("grows its generation by what is new, and not by what it knows", () => {
    const { set } = setUp();
    const news: readonly Revocation[] = [
      { kind: "token", jti: "t", expiresAt: now + 60 },
      { kind: "client", clientId: "c", notBefore: now },
      { kind: "client", clientId: "c", notBefore: now + 1 },
      { kind: "key", kid: "k" },
    ];

    for (const [index, revocation] of news.entries()) {
      set.add(revocation);
      expect(set.generation()).toBe(index + 1);
    }
    for (const revocation of news) set.add(revocation);
    expect(set.generation()).toBe(news.length);
  });

  it("ignores a kind of revocation that it does not know", () => {
    const { set } = setUp({ kind: "planet" } as unknown as Revocation);

    expect([set.isRevoked(token), set.size()]).toEqual([false, 0]);
  });

  it("keeps the later end of a token that is revoked twice", () => {
    const { clock, set } = setUp(
      { kind: "token", jti: "t", expiresAt: now + 60 },
      { kind: "token", jti: "t", expiresAt: now + 10 },
    );

    clock.advance(30);
    for (let index = 0; index < 2000; index += 1) {
      set.add({ kind: "token", jti: `${index}`, expiresAt: now + 31 });
    }

    expect(set.isRevoked(token)).toBe(true);
  });

  it("holds no more than twice the living, however many it has heard of", () => {
    const { clock, set } = setUp();
    let largest = 0;

    for (let index = 0; index < 50_000; index += 1) {
      clock.advance(0.01);
      set.add({ kind: "token", jti: `${index}`, expiresAt: clock.now() + 10 });
      largest = Math.max(largest, set.size());
    }

    // One thousand live at a time.
    expect(largest).toBeLessThanOrEqual(2048);
  });

  it("sweeps the expired alone: who is alive, and clients and keys, stay", () => {
    const { clock, set } = setUp(
      { kind: "client", clientId: "c", notBefore: now },
      { kind: "key", kid: "stolen" },
      { kind: "token", jti: "alive", expiresAt: now + 60.1 },
    );
    for (let index = 0; index < 1022; index += 1) {
      set.add({ kind: "token", jti: `${index}`, expiresAt: now + 60 });
    }
    expect(set.size()).toBe(1025);

    clock.advance(60);
    set.add({ kind: "token", jti: "last", expiresAt: now + 120 });

    expect(set.size()).toBe(4);
    expect(set.isRevoked({ ...token, jti: "alive" })).toBe(true);
    expect(set.isRevoked({ ...token, issuedAt: now - 1 })).toBe(true);
    expect(set.isRevoked({ ...token, kid: "stolen" })).toBe(true);
    expect(set.isRevoked({ ...token, jti: "0" })).toBe(false);
  });

  it("is the same whatever the order, and however often each is heard", () => {
    const revocation = fc.oneof(
      fc.record({
        kind: fc.constant("token" as const),
        jti: fc.constantFrom("a", "b"),
        expiresAt: fc.integer({ min: now + 1, max: now + 9 }),
      }),
      fc.record({
        kind: fc.constant("client" as const),
        clientId: fc.constantFrom("a", "b"),
        notBefore: fc.integer({ min: now, max: now + 9 }),
      }),
      fc.record({ kind: fc.constant("key" as const), kid: fc.constantFrom("a", "b") }),
    );
    const candidates = ["a", "b", "c"].flatMap((name) =>
      [now, now + 5, now + 9].map((issuedAt) => ({
        jti: name,
        clientId: name,
        kid: name,
        issuedAt,
      })),
    );
    fc.assert(
      fc.property(fc.array(revocation), fc.infiniteStream(fc.nat()), (all, order) => {
        const ordered = setUp(...all).set;
        const shuffled = [...all, ...all]
          .map((item) => ({ item, rank: order.next().value as number }))
          .toSorted((a, b) => a.rank - b.rank);
        const disordered = setUp(...shuffled.map(({ item }) => item)).set;

        expect(candidates.map(disordered.isRevoked)).toEqual(candidates.map(ordered.isRevoked));
      }),
    );
  });
});

describe("the life of a revocation", () => {
  it("lasts as long as the most tolerant verifier accepts the token", () => {
    expect(revocationExpiresAt(now)).toBe(now + maxClockToleranceSeconds);
  });
});
