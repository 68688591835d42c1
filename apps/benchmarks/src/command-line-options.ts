/** What all programs can be asked for. */
export interface CommonCommandLine {
  readonly help: boolean;

  /** Whether to end with 1 when something is not as it should be. */
  readonly check: boolean;

  /** Whether the program's document in `docs` is written anew. */
  readonly write: boolean;

  /** Only what contains it in its name. */
  readonly only: string;
}

/** The options of all programs. */
export const commonOptions = {
  help: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  only: { type: "string", default: "" },
} as const;

/** The option of programs that measure. */
export const roundsOption = { rounds: { type: "string", default: "7" } } as const;

/** Reads the number of rounds. @throws Error with a message for people. */
export function readRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1) return rounds;
  throw new Error("--rounds must be a positive integer");
}
