import type { ClockSkew, TokenSight } from "@credicorp/oauth-core/resource-server";
import { watchClockSkew } from "@credicorp/oauth-core/resource-server";
import { createControlledClock } from "@credicorp/oauth-core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const lifetimeSeconds = 900;
const toleranceSeconds = 5;

/** A watch, and tokens of an issuer whose clock is `offsetSeconds` ahead of ours. */
function setUp(offsetSeconds = 0) {
  const clock = createControlledClock();
  const reports: ClockSkew[] = [];
  const watch = watchClockSkew({
    toleranceSeconds,
    clock,
    report: (skew) => void reports.push(skew),
  });
  let tokens = 0;

  /** A token that was issued `ageSeconds` ago comes for the first time; `nbf` says that it is not valid before. */
  const see = (ageSeconds: number, change: { jti?: string; hasNotBefore?: boolean } = {}): void => {
    tokens += 1;
    const { jti = `${tokens}`, hasNotBefore = false } = change;
    const now = clock.now();
    const issuedAt = now + offsetSeconds - ageSeconds;
    const expiresAt = issuedAt + lifetimeSeconds;
    let refusedFor: TokenSight["refusedFor"];
    if (hasNotBefore && now < issuedAt - toleranceSeconds) refusedFor = "not_yet_valid";
    if (now >= expiresAt + toleranceSeconds) refusedFor = "expired";
    const claims = {
      issuer: "https://as.example",
      subject: "s",
      clientId: "s",
      audience: ["a"],
      scope: [],
      jti,
      issuedAt,
      expiresAt,
    };
    watch.observeToken({ claims, algorithm: "ES256", now, refusedFor });
  };
  const seeMany = (ages: readonly number[]): void => ages.forEach((age) => see(age));
  return { clock, watch, reports, see, seeMany };
}

describe("clock-skew watch", () => {
  it("suspects that this clock is behind when five tokens come from the future, and says by how much", () => {
    const { reports, see } = setUp(42);

    for (const ageSeconds of [3, 2, 9, 1]) see(ageSeconds, { hasNotBefore: true });
    expect(reports).toEqual([]);
    see(2, { hasNotBefore: true });
    expect(reports).toEqual([
      { offsetSeconds: 41, evidence: "tokens_issued_in_future", tokens: 5 },
    ]);
  });

  it("suspects that this clock is ahead when fresh tokens are refused as expired by a like amount", () => {
    const { reports, seeMany } = setUp(-1000);

    seeMany([1, 3, 0.5, 2, 1]);
    expect(reports).toEqual([{ offsetSeconds: -1000.5, evidence: "tokens_expired", tokens: 5 }]);
  });

  it("suspects it too when some tokens are still accepted", () => {
    const { reports, seeMany } = setUp(-300);

    seeMany([2, 610, 620, 640, 1, 630, 650]);
    expect(reports).toEqual([{ offsetSeconds: -301, evidence: "tokens_expired", tokens: 5 }]);
  });

  it.each([
    [
      "fresh tokens come too: clients use theirs to the last second",
      [906, 907, 1, 908, 909, 910, 906],
    ],
    ["they expired at all sorts of times", [906, 1200, 1500, 2000, 3000, 4000]],
    ["they expired more than an hour ago", [9000, 9001, 9002, 9003, 9004, 9005]],
    ["there are four of them", [906, 907, 908, 909]],
  ])("suspects nothing of expired tokens when %s", (_name, ages) => {
    const { reports, seeMany } = setUp();

    seeMany(ages);
    expect(reports).toEqual([]);
  });

  it("counts a token once, and forgets it after five minutes", () => {
    const { clock, reports, see } = setUp(60);

    for (let times = 0; times < 20; times += 1) see(0, { jti: "same" });
    for (let token = 0; token < 3; token += 1) see(0);
    clock.advance(301);
    see(0);
    expect(reports).toEqual([]);
  });

  it("counts a token that comes again from when it came first", () => {
    const { clock, reports, see } = setUp(60);

    see(0, { jti: "same" });
    clock.advance(200);
    see(0, { jti: "same" });
    clock.advance(101);
    for (let token = 0; token < 4; token += 1) see(0);
    expect(reports).toEqual([]);
  });

  it("remembers 64 tokens at most", () => {
    const { clock, reports, see } = setUp(60);

    for (let token = 0; token < 200; token += 1) see(0);
    clock.advance(60);
    see(-100);
    expect(reports.map(({ tokens }) => tokens)).toEqual([5, 64]);
  });

  it("forgets after five minutes that a token was young", () => {
    const { clock, reports, see, seeMany } = setUp();

    see(1);
    clock.advance(300);
    seeMany([906, 907, 908, 909, 910]);
    expect(reports).toEqual([]);
    clock.advance(1);
    see(906);
    expect(reports).toEqual([{ offsetSeconds: -906, evidence: "tokens_expired", tokens: 6 }]);
  });

  it("repeats a suspicion once an hour, and one of another amount after a minute", () => {
    const { clock, watch, reports } = setUp();
    const dates = (offsetSeconds: number, seconds: number): number => {
      const before = reports.length;
      for (let second = 0; second < seconds; second += 10) {
        clock.advance(10);
        watch.observeDate({ offsetSeconds, uncertaintySeconds: 0.5 });
      }
      return reports.length - before;
    };

    expect(dates(20, 600)).toBe(1);
    expect(dates(25, 600)).toBe(0);
    expect(dates(20, 2400)).toBe(0);
    expect(dates(20, 10)).toBe(1);
    expect(dates(26, 50)).toBe(0);
    expect(dates(26, 10)).toBe(1);
  });

  it("suspects by a Date only what is beyond the tolerance and what the Date leaves open", () => {
    const { watch, reports } = setUp();

    watch.observeDate({ offsetSeconds: 5.5, uncertaintySeconds: 0.5 });
    watch.observeDate({ offsetSeconds: -5.5, uncertaintySeconds: 0.5 });
    expect(reports).toEqual([]);
    watch.observeDate({ offsetSeconds: -5.6, uncertaintySeconds: 0.5 });
    expect(reports).toEqual([{ offsetSeconds: -5.6, evidence: "issuer_date" }]);
    expect(watch.issuerOffsetSeconds()).toBe(-5.6);
  });

  it("suspects nothing while the clocks agree within the tolerance, whatever the tokens' ages", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -toleranceSeconds, max: toleranceSeconds, noNaN: true }),
        fc.array(fc.nat(1200), { maxLength: 200 }),
        (offsetSeconds, ages) => {
          const { reports, see, seeMany } = setUp(offsetSeconds);
          // Somebody obtains a token now and then: without one, nobody can tell.
          see(toleranceSeconds + offsetSeconds);
          seeMany(ages);

          expect(reports).toEqual([]);
        },
      ),
    );
  });

  it("never overstates how far this clock is behind, and never understates how far it may be ahead", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -3000, max: 3000 }),
        fc.array(fc.nat(890), { minLength: 1, maxLength: 100 }),
        (offsetSeconds, ages) => {
          const { reports, seeMany } = setUp(offsetSeconds);
          seeMany(ages);

          // Positive: at least so much behind. Negative: at most so much ahead. Both are on the one side of the truth.
          expect(reports.every((skew) => skew.offsetSeconds <= offsetSeconds)).toBe(true);
        },
      ),
    );
  });
});
