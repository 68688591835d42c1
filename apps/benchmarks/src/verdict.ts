import type { CommandLine } from "./command-line.ts";
import type { Result } from "./report.ts";
import { isWithin } from "./summary.ts";

/** Names the benchmarks whose median ratio left its band. */
export function namesOutsideOfBand(results: readonly Result[]): readonly string[] {
  return results
    .filter(({ benchmark, summary }) => !isWithin(benchmark.band, summary))
    .map(({ benchmark }) => benchmark.name);
}

/** Returns the exit code of a run: 2 when nothing ran, 1 when `--check` found a ratio outside of its band. */
export function exitCodeOf(
  results: readonly Result[],
  { check }: Pick<CommandLine, "check">,
): 0 | 1 | 2 {
  if (results.length === 0) return 2;
  return check && namesOutsideOfBand(results).length > 0 ? 1 : 0;
}
