/** One thing that every adapter of a port must do; any test runner can run it. */
export interface ContractCase<Subject> {
  /** A sentence about the adapter, in the present tense. */
  readonly name: string;

  /** Rejects when the adapter does not do it. Gets a new, empty subject. */
  readonly run: (subject: Subject) => Promise<void>;
}

/** Lets time pass for an adapter: a controlled clock is advanced, a real one is waited for. */
export type Wait = (seconds: number) => Promise<void>;

/** Throws unless two JSON values are the same; the message says what was compared. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: expected ${right}, got ${left}`);
}
