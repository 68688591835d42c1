import { assertSame } from "./contract.ts";

/** One of the processes that run a case together. */
export interface SharedWorker {
  /** From 0; each process has its own. */
  readonly index: number;

  /** How many processes there are. */
  readonly count: number;
}

/**
 * One thing that an adapter must do for all processes that share its state.
 *
 * Each process has a subject of its own over the same state, which is empty at first. Time is real here: a `wait` waits.
 */
export interface SharedContractCase<Subject> {
  /** A sentence about the adapter, in the present tense; no two cases of a contract have the same. */
  readonly name: string;

  /** Fills the state, once, before any process works. */
  readonly prepare?: (subject: Subject) => Promise<void>;

  /** What every process does, all at the same time. What it resolves to can travel as JSON. */
  readonly work: (subject: Subject, worker: SharedWorker) => Promise<readonly string[]>;

  /** Rejects when the processes together did not keep to the contract. Gets their results by `index`. */
  readonly check: (results: readonly (readonly string[])[], subject: Subject) => Promise<void>;
}

/** Where a case runs. */
export interface SharedRun<Subject> {
  /** The adapter in the process that calls, which prepares and checks. */
  readonly subject: Subject;

  /** How many processes work: 2 at least; with 4, each case is red for an adapter that reads, waits and writes. */
  readonly processes: number;

  /**
   * Runs `work` of the same case in the process `worker.index`, and resolves to its results.
   *
   * The processes should be up when this is called: those that still start may come when the others are done.
   */
  readonly workIn: (worker: SharedWorker) => Promise<readonly string[]>;
}

/**
 * Runs one case in many processes; how they are started is the caller's business.
 *
 * Rejects when a process fails, when the processes break the contract, and when there are fewer than two.
 */
export async function runSharedCase<Subject>(
  sharedCase: SharedContractCase<Subject>,
  { subject, processes, workIn }: SharedRun<Subject>,
): Promise<void> {
  if (processes < 2) throw new Error("One process shares nothing: start two at least");
  await sharedCase.prepare?.(subject);
  const results = await Promise.all(
    Array.from({ length: processes }, async (_, index) => workIn({ index, count: processes })),
  );
  await sharedCase.check(results, subject);
}

/** Throws unless each name is among the results exactly once: one process had it, and had it once. */
export function assertOneEach(
  results: readonly (readonly string[])[],
  names: readonly string[],
  what: string,
): void {
  const all = results.flat();
  const wrong = names.filter((name) => all.filter((other) => other === name).length !== 1);
  assertSame(wrong, [], what);
}

/** Makes the names `<word> 0`, `<word> 1`, …. */
export function numberNames(word: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${word} ${index}`);
}
