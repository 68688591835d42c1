import { parseArgs } from "node:util";

/** What the caller asked for. */
export interface CommandLine {
  readonly help: boolean;
  readonly check: boolean;

  /** Whether `docs/benchmarks.md` is written anew. */
  readonly write: boolean;

  /** Only benchmarks whose name contains it. */
  readonly only: string;
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
    options: {
      help: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      rounds: { type: "string", default: "7" },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error("--rounds must be a positive integer");
  if (values.write && values.only !== "") {
    throw new Error("--write needs every benchmark: leave --only out");
  }
  return { ...values, rounds };
}
