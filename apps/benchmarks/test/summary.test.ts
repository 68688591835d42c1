import { isWithin, summarise } from "@credicorp/benchmarks";
import { describe, expect, it } from "vitest";

describe("summarise", () => {
  it("compares within a round, so that a slow moment of the machine does not count", () => {
    const summary = summarise([
      { ours: 80, limit: 100 },
      { ours: 8, limit: 10 },
      { ours: 90, limit: 100 },
    ]);

    expect(summary.ratio).toEqual({ min: 0.8, median: 0.8, max: 0.9 });
  });

  it("takes the mean of the two in the middle when the rounds are even", () => {
    const rounds = [0.1, 0.4, 0.2, 0.9].map((ours) => ({ ours, limit: 1 }));

    expect(summarise(rounds).ratio.median).toBeCloseTo(0.3);
    expect(summarise(rounds).ours).toBeCloseTo(0.3);
  });
});

describe("isWithin", () => {
  it.each([
    { ratio: 0.59, within: false },
    { ratio: 0.6, within: true },
    { ratio: 1.1, within: true },
    { ratio: 1.11, within: false },
  ])("a median of $ratio in the band 0.6 to 1.1 is $within", ({ ratio, within }) => {
    const summary = summarise([{ ours: ratio, limit: 1 }]);

    expect(isWithin({ typical: 0.8, min: 0.6, max: 1.1 }, summary)).toBe(within);
  });
});
