import { parseArgs } from "node:util";

/** What the caller asked for. */
export interface ClientsCommandLine {
  readonly help: boolean;
  readonly check: boolean;

  /** Whether `docs/clients.md` is written anew. */
  readonly write: boolean;

  /** Whether speed is left out. */
  readonly counts: boolean;

  /** Only libraries whose name contains it. */
  readonly only: string;
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
      help: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      counts: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      rounds: { type: "string", default: "7" },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error("--rounds must be a positive integer");
  }
  if (values.write && (values.counts || values.only !== "")) {
    throw new Error("--write needs everything: leave --only and --counts out");
  }
  return { ...values, rounds };
}
