import type { Hub, StepResult } from "@credicorp/end-to-end";
import { formatStep, hasPassed, runStory, startHub, story } from "@credicorp/end-to-end";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe("the story", () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub({ port: 0 });
  });
  afterAll(async () => {
    await hub.close();
  });

  it.each(story)("$name: $plot", async (step) => {
    const results: StepResult[] = [];
    for await (const result of runStory([step], hub)) results.push(result);

    const [result] = results;
    expect(result && hasPassed(result), result && formatStep(1, result)).toBe(true);
  });
});
