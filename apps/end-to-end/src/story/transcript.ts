import type { StepResult } from "./run-story.ts";
import { hasPassed } from "./run-story.ts";

/** Writes one step for people to read. */
export function formatStep(number: number, result: StepResult): string {
  const { name, plot, facts, durationMs, error } = result;
  const heading = `${String(number).padStart(2)}  ${name}`.padEnd(40);
  const lines = [`${heading}${formatDuration(durationMs)}`, `      ${plot}`];

  for (const { text, holds, found } of facts) {
    lines.push(holds ? `    ✓ ${text}` : `    ✗ ${text}: found ${found}`);
  }
  if (error !== undefined) lines.push(`    ✗ ${error instanceof Error ? error.message : "failed"}`);
  return lines.join("\n");
}

/** Writes how the whole story went, naming the steps that failed. */
export function formatSummary(results: readonly StepResult[]): string {
  const totalMs = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const failed = results.filter((result) => !hasPassed(result));
  if (failed.length === 0) {
    const facts = results.reduce((sum, result) => sum + result.facts.length, 0);
    return `All ${results.length} steps and ${facts} facts hold, in ${formatDuration(totalMs).trim()}.`;
  }
  const names = failed.map(({ name }) => name).join(", ");
  return `${failed.length} of ${results.length} steps failed: ${names}`;
}

function formatDuration(durationMs: number): string {
  const text =
    durationMs < 1000 ? `${durationMs.toFixed(0)} ms` : `${(durationMs / 1000).toFixed(2)} s`;
  return text.padStart(9);
}
