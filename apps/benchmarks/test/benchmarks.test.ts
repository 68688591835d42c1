import { benchmarks } from "@credicorp/benchmarks";
import { expect, it } from "vitest";

it.each(benchmarks)("the band of $name notices when our speed halves", ({ band }) => {
  expect(band.typical / 2).toBeLessThan(band.min);
  expect(band.typical).toBeGreaterThan(band.min);
  expect(band.typical).toBeLessThan(band.max);
});

it("names every benchmark differently, for --only", () => {
  const names = benchmarks.map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
});
