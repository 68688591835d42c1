import { parseArgs } from "node:util";
import type { CommonCommandLine } from "../command-line-options.ts";
import { commonOptions } from "../command-line-options.ts";

export const helpText = `Puts verifiers through what goes wrong with keys, and ours beside them.

  pnpm bench:verifiers [options]

  --check         exit with 1 unless ours is all green
  --write         write docs/verifiers.md
  --only <text>   only libraries whose name contains the text
  --help          this text`;

/** Reads the arguments. @throws Error with a message for people when one is wrong. */
export function parseVerifiersCommandLine(args: readonly string[]): CommonCommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: commonOptions,
  });
  if (values.write && values.only !== "") {
    throw new Error("--write needs every library: leave --only out");
  }
  return values;
}
