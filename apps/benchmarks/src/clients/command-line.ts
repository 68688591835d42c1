import { parseArgs } from "node:util";
import type { CommonCommandLine } from "../command-line-options.ts";
import { commonOptions, readRounds, roundsOption } from "../command-line-options.ts";

/** What the caller asked for. */
export interface ClientsCommandLine extends CommonCommandLine {
  /** Whether speed is left out. */
  readonly counts: boolean;
  readonly rounds: number;
}

export const helpText = `Puts client libraries through what goes wrong with tokens, and ours beside them.

  pnpm bench:clients [options]

  --check         exit with 1 unless ours is all green
  --write         write docs/clients.md
  --counts        leave the speed out
  --only <text>   only libraries whose name contains the text
  --rounds <n>    rounds of each measurement of speed (7)
  --help          this text`;

/** Reads the arguments. @throws Error with a message for people when one is wrong. */
export function parseClientsCommandLine(args: readonly string[]): ClientsCommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...commonOptions,
      ...roundsOption,
      counts: { type: "boolean", default: false },
    },
  });
  const rounds = readRounds(values.rounds);
  if (values.write && (values.counts || values.only !== "")) {
    throw new Error("--write needs everything: leave --only and --counts out");
  }
  return { ...values, rounds };
}
