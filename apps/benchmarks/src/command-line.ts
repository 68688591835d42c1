import { parseArgs } from "node:util";
import type { CommonCommandLine } from "./command-line-options.ts";
import { commonOptions, readRounds, roundsOption } from "./command-line-options.ts";

/** What the caller asked for. */
export interface CommandLine extends CommonCommandLine {
  readonly rounds: number;
}

export const helpText = `Measures ours next to the least that any implementation must do, as ratios.

  pnpm bench [options]

  --check         exit with 1 when a median ratio leaves its band
  --write         write docs/benchmarks.md
  --only <text>   only benchmarks whose name contains the text
  --rounds <n>    rounds for each benchmark (7)
  --help          this text

Each round measures the limit, then ours; only ratios within a round are compared, so that a busy
machine slows both. Close what you can all the same.`;

/** Reads the arguments. @throws Error with a message for people when one is wrong. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: { ...commonOptions, ...roundsOption },
  });
  const rounds = readRounds(values.rounds);
  if (values.write && values.only !== "") {
    throw new Error("--write needs every benchmark: leave --only out");
  }
  return { ...values, rounds };
}
