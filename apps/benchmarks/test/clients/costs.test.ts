import { sumUpCosts } from "@credicorp/benchmarks";
import { expect, it } from "vitest";

it("compares within rounds, not across them, and counts what each operation takes", () => {
  const rounds = [
    { limit: 100, ours: 50, peers: { "a peer": 10 } },
    // The machine slows down, and everything with it.
    { limit: 10, ours: 5, peers: { "a peer": 1 } },
    { limit: 100, ours: 50, peers: { "a peer": 10 } },
  ];

  expect(sumUpCosts({ limit: "the least", ours: "ours" }, rounds)).toEqual([
    { name: "the least", seconds: 1 / 100, timesLimit: 1 },
    { name: "ours", seconds: 1 / 50, timesLimit: 2 },
    { name: "a peer", seconds: 1 / 10, timesLimit: 10 },
  ]);
});
