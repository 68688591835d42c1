import type { Hub } from "../hub.ts";
import type { StepResult } from "./run-story.ts";
import { hasPassed, runStory } from "./run-story.ts";
import type { StoryStep } from "./step.ts";
import { formatStep, formatSummary } from "./transcript.ts";

/** Who listens to a story. */
export interface Audience {
  /** Is given each part of the transcript as soon as it is known. */
  readonly print: (text: string) => void;
}

/** Tells a story to its end, whatever fails on the way; resolves to whether every step passed. */
export async function tellStory(
  steps: readonly StoryStep[],
  hub: Hub,
  { print }: Audience,
): Promise<boolean> {
  const results: StepResult[] = [];
  for await (const result of runStory(steps, hub)) {
    results.push(result);
    print(`${formatStep(results.length, result)}\n`);
  }
  print(formatSummary(results));
  return results.length > 0 && results.every(hasPassed);
}
