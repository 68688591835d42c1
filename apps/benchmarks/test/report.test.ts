import type { Benchmark } from "@credicorp/benchmarks";
import { formatDocument, formatResult, summarise } from "@credicorp/benchmarks";
import { expect, it } from "vitest";

const benchmark: Benchmark = {
  name: "verifications",
  unit: "tokens/s",
  limit: "crypto.verify",
  band: { typical: 0.8, min: 0.6, max: 1.1 },
  start: () => Promise.reject(new Error("not to be started")),
};

it("prints median, extremes, band and verdict", () => {
  const summary = summarise([
    { ours: 900, limit: 1000 },
    { ours: 500, limit: 1000 },
    { ours: 800, limit: 1000 },
  ]);

  expect(formatResult({ benchmark, summary })).toContain(
    "ratio  0.80 (0.50 to 0.90), within the band 0.60 to 1.10",
  );
});

it("shouts when the median is outside of the band", () => {
  const summary = summarise([{ ours: 100, limit: 1000 }]);

  expect(formatResult({ benchmark, summary })).toContain("OUTSIDE the band");
});

it("writes one row for each benchmark, with the date and the machine", () => {
  const summary = summarise([{ ours: 12_345, limit: 15_000 }]);
  const occasion = { date: "2026-01-31", node: "20.20.2", cpu: "2 × Test", rounds: 7 };

  const document = formatDocument([{ benchmark, summary }], occasion);

  expect(document).toContain("Taken on 2026-01-31 with Node 20.20.2 on 2 × Test.");
  expect(document).toContain(
    "| verifications | crypto.verify | 0.82 | 0.82 – 0.82 | 0.60 – 1.10 | 12,345 tokens/s | – |",
  );
});

it("says how many times a peer's rate ours is, within a round", () => {
  const summary = summarise([
    { ours: 900, limit: 1000, peers: { other: 300 } },
    { ours: 90, limit: 100, peers: { other: 45 } },
    { ours: 800, limit: 1000, peers: { other: 200 } },
  ]);
  const occasion = { date: "2026-01-31", node: "20.20.2", cpu: "2 × Test", rounds: 3 };

  expect(formatResult({ benchmark, summary })).toContain("3.00 times other");
  expect(formatDocument([{ benchmark, summary }], occasion)).toContain("| 3.00 × other |");
});
