import { expect, it } from "vitest";

import type { FleetLoad } from "./fleet.ts";
import { simulateFleet } from "./fleet.ts";

const day = { clients: 10_000, seconds: 86_400 };

/** Mulberry32: the same fleet in every run. */
function createFractions(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function print(what: string, { peak, mean, peakPerMean }: FleetLoad): void {
  const figures = `peak ${peak}, mean ${mean.toFixed(0)} requests in 60 s, ${peakPerMean.toFixed(2)} times`;
  process.stdout.write(`10,000 clients for a day, ${what}: ${figures}\n`);
}

const isLong = process.env["CREDICORP_TEST_LONG"] === "1";
if (!isLong) process.stdout.write("Tokens of 300 s and 3600 s: only in npm run test:long\n");

it.each(isLong ? [300, 900, 3600] : [900])(
  "CLI-07 spreads the refreshes of 10,000 clients that started together, with tokens of %i s",
  { timeout: 120_000 },
  (lifetimeSeconds) => {
    const spread = simulateFleet({ ...day, lifetimeSeconds, fraction: createFractions(6749) });
    print(`tokens of ${lifetimeSeconds} s`, spread);

    expect(spread.peakPerMean).toBeLessThanOrEqual(1.5);
  },
);

it("CLI-07 would have the whole fleet refresh in the same minute without its jitter", () => {
  // Without chance every client is like the first.
  const alike = { ...day, clients: 1 };
  const one = simulateFleet({ ...alike, lifetimeSeconds: 900, fraction: () => 0.5 });
  const together = { ...one, peak: one.peak * day.clients, mean: one.mean * day.clients };
  print("tokens of 900 s, no jitter", together);

  expect(together.peakPerMean).toBeGreaterThan(10);
});
