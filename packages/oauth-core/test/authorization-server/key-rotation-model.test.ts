import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Job, Step } from "./support/key-nodes.ts";
import { createKeyNodes, maxLagSeconds, schedule, start } from "./support/key-nodes.ts";

const { everySeconds = 0, announceSeconds } = schedule;

const job = (kind: Job["kind"]): fc.Arbitrary<Job> =>
  fc.record({
    kind: fc.constant(kind),
    announceSeconds: fc.constantFrom(600, 900, 2000),
    diesAt: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 2 }),
    diesBefore: fc.boolean(),
    turns: fc.nat(4),
  });
const work: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("work"),
  jobs: fc.array(
    fc.option(
      fc.oneof({ weight: 3, arbitrary: job("maintain") }, { weight: 1, arbitrary: job("rotate") }),
      { nil: undefined },
    ),
    { minLength: 3, maxLength: 3 },
  ),
} as const);
const advance: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("advance"),
  seconds: fc.oneof(fc.nat(20), fc.nat(700), fc.nat(6000)),
} as const);
const lags = fc.array(fc.constantFrom(0, 100, 217, maxLagSeconds), { minLength: 3, maxLength: 3 });
const steps = fc.array(fc.oneof(work, advance), { minLength: 1, maxLength: 60, size: "max" });
const patrol: Step = {
  kind: "work",
  jobs: [0, 1, 2].map((turns) => ({
    kind: "maintain",
    announceSeconds: 0,
    diesBefore: false,
    turns,
  })),
};

describe("rotation of signing keys on several nodes", () => {
  it("JWK-04 JWK-06 keeps its promises over random histories of schedules, commands, late nodes and deaths", async () => {
    await fc.assert(
      fc.asyncProperty(steps, lags, async (history, late) => {
        const nodes = createKeyNodes(late);
        await nodes.begin();
        for (const step of history) await nodes.apply(step);

        expect([...nodes.violations]).toEqual([]);
      }),
    );
  });

  it("JWK-04 leads from every history back to the schedule: each due rotation happens, and once", async () => {
    await fc.assert(
      fc.asyncProperty(steps, lags, async (history, late) => {
        const nodes = createKeyNodes(late);
        await nodes.begin();
        for (const step of history) await nodes.apply(step);
        // What was begun is completed, and what a command has put far ahead has come to pass.
        await nodes.apply(patrol);
        await nodes.apply({ kind: "advance", seconds: 3000 });
        const from = nodes.history.length;
        for (let minute = 0; minute < (6 * everySeconds) / 60; minute += 1) {
          await nodes.apply(patrol);
          await nodes.apply({ kind: "advance", seconds: 60 });
        }

        const signings = nodes.history.slice(from).map(({ signAt }) => signAt);
        expect([5, 6, 7]).toContain(signings.length);
        for (const [index, signAt] of signings.slice(1).entries()) {
          const lateSeconds = signAt - (signings[index] ?? 0) - everySeconds;
          expect(lateSeconds >= 0 && lateSeconds < 60).toBe(true);
        }
        expect(nodes.rows().length).toBeLessThanOrEqual(6);
        expect([...nodes.violations]).toEqual([]);
      }),
      { numRuns: Math.min(1000, Math.max(30, (fc.readConfigureGlobal().numRuns ?? 0) / 4)) },
    );
  });

  it("JWK-04 never rotates before it is due, however many nodes look", async () => {
    const nodes = createKeyNodes([0, 150, 300]);
    await nodes.begin();

    await nodes.apply({ kind: "advance", seconds: everySeconds - announceSeconds - 1 });
    await nodes.apply(patrol);
    const before = nodes.history.length;
    await nodes.apply({ kind: "advance", seconds: 1 });
    await nodes.apply(patrol);

    expect(before).toBe(1);
    expect(nodes.history.map(({ signAt }) => signAt)).toEqual([0, start + everySeconds]);
  });
});
