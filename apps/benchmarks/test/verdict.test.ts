import type { Benchmark, Result } from "@credicorp/benchmarks";
import { exitCodeOf, namesOutsideOfBand, summarise } from "@credicorp/benchmarks";
import { expect, it } from "vitest";

function resultOf(name: string, ratio: number): Result {
  const benchmark: Benchmark = {
    name,
    unit: "tokens/s",
    limit: "nothing",
    band: { typical: 0.8, min: 0.6, max: 1.1 },
    start: () => Promise.reject(new Error("not to be started")),
  };
  return { benchmark, summary: summarise([{ ours: ratio, limit: 1 }]) };
}

it("exits with 1 under --check when a ratio left its band, and names it", () => {
  const results = [resultOf("good", 0.8), resultOf("slow", 0.4), resultOf("too good", 2)];

  expect(namesOutsideOfBand(results)).toEqual(["slow", "too good"]);
  expect(exitCodeOf(results, { check: true })).toBe(1);
  expect(exitCodeOf(results, { check: false })).toBe(0);
});

it("exits with 0 under --check when every ratio is within its band", () => {
  expect(exitCodeOf([resultOf("good", 0.8)], { check: true })).toBe(0);
});

it("exits with 2 when nothing was measured", () => {
  expect(exitCodeOf([], { check: true })).toBe(2);
});
