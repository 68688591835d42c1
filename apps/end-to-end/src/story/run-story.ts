import type { Hub } from "../hub.ts";
import type { Fact, StoryStep } from "./step.ts";

/** How one step went. */
export interface StepResult {
  readonly name: string;
  readonly plot: string;
  readonly facts: readonly Fact[];
  readonly durationMs: number;

  /** What stopped the step before it could state all of its facts. */
  readonly error?: unknown;
}

/** Runs the steps in order, and yields each result as soon as it is there; a failed step does not stop the next. */
export async function* runStory(
  steps: readonly StoryStep[],
  hub: Hub,
): AsyncGenerator<StepResult, void, undefined> {
  for (const { name, plot, run } of steps) {
    const startedAtMs = performance.now();
    const outcome = await settle(run(hub));
    yield { name, plot, durationMs: performance.now() - startedAtMs, ...outcome };
  }
}

/** Tells whether a step stated facts, and all of them hold. */
export function hasPassed(result: StepResult): boolean {
  const { facts, error } = result;
  return error === undefined && facts.length > 0 && facts.every(({ holds }) => holds);
}

async function settle(
  facts: Promise<readonly Fact[]>,
): Promise<Pick<StepResult, "facts" | "error">> {
  try {
    return { facts: await facts };
  } catch (error) {
    return { facts: [], error };
  }
}
