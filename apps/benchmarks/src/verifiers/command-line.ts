import { parseArgs } from "node:util";

/** What the caller asked for. */
export interface VerifiersCommandLine {
  readonly help: boolean;
  readonly check: boolean;

  /** Whether `docs/verifiers.md` is written anew. */
  readonly write: boolean;

  /** Only libraries whose name contains it. */
  readonly only: string;
}

export const helpText = `Puts verifiers through what goes wrong with keys, and ours beside them.

  pnpm bench:verifiers [options]

  --check         exit with 1 unless ours is all green
  --write         write docs/verifiers.md
  --only <text>   only libraries whose name contains the text
  --help          this text`;

/** Reads the arguments. @throws Error with a message for people when one is wrong. */
export function parseVerifiersCommandLine(args: readonly string[]): VerifiersCommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      only: { type: "string", default: "" },
    },
  });
  if (values.write && values.only !== "") {
    throw new Error("--write needs every library: leave --only out");
  }
  return values;
}
