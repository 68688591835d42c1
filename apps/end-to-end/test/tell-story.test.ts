import type { Hub, StoryStep } from "@credicorp/end-to-end";
import { fact, tellStory } from "@credicorp/end-to-end";
import { describe, expect, it } from "vitest";

// These steps look at nothing.
const hub = {} as Hub;

function stepThat(name: string, run: StoryStep["run"]): StoryStep {
  return { name, plot: "Something happens.", run };
}

const good = stepThat("good", async () => [fact("one is one", { seen: 1, expected: 1 })]);

async function tell(steps: readonly StoryStep[]) {
  const printed: string[] = [];
  const hasPassed = await tellStory(steps, hub, { print: (text) => printed.push(text) });
  return { hasPassed, printed, summary: printed.at(-1) };
}

describe("a story", () => {
  it("passes when every fact of every step holds, and says how many there were", async () => {
    const { hasPassed, summary } = await tell([good, good]);

    expect(hasPassed).toBe(true);
    expect(summary).toMatch(/^All 2 steps and 2 facts hold, in \d+ ms\.$/);
  });

  it("fails, goes on and names the step when a fact does not hold", async () => {
    const lying = stepThat("lying", async () => [fact("one is two", { seen: 1, expected: 2 })]);

    const { hasPassed, printed, summary } = await tell([good, lying, good]);

    expect(hasPassed).toBe(false);
    expect(printed).toHaveLength(4);
    expect(printed[1]).toContain("✗ one is two: found 1");
    expect(summary).toBe("1 of 3 steps failed: lying");
  });

  it("fails when a step stops with an error, and prints its message", async () => {
    const broken = stepThat("broken", () => Promise.reject(new Error("no route to host")));

    const { hasPassed, printed, summary } = await tell([broken]);

    expect(hasPassed).toBe(false);
    expect(printed[0]).toContain("✗ no route to host");
    expect(summary).toBe("1 of 1 steps failed: broken");
  });

  it("fails when a step states nothing, and when there is no step", async () => {
    expect((await tell([stepThat("silent", async () => [])])).hasPassed).toBe(false);
    expect((await tell([])).hasPassed).toBe(false);
  });
});

describe("fact", () => {
  it("compares deeply, and says what was found instead", () => {
    expect(fact("same", { seen: { a: [1] }, expected: { a: [1] } }).holds).toBe(true);
    expect(fact("other", { seen: { a: [2] }, expected: { a: [1] } })).toEqual({
      text: "other",
      holds: false,
      found: '{"a":[2]}',
    });
    expect(fact("absent", { seen: undefined, expected: 1 }).found).toBe("nothing");
  });
});
