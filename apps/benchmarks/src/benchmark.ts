/** The ratios that count as healthy; a run outside of them fails `--check`. */
export interface Band {
  /** What a quiet machine shows. */
  readonly typical: number;

  /** A change that halves our speed must end below it. */
  readonly min: number;

  /** Above it the limit itself was measured wrongly. */
  readonly max: number;
}

/** Two contenders that are ready to run. */
export interface Contest {
  /** Runs ours for a moment; resolves to operations per second. */
  readonly measureOurs: () => Promise<number>;

  /** Runs the bare limit for a moment; resolves to operations per second. */
  readonly measureLimit: () => Promise<number>;

  /** Others that do the same job, by name; measured in the same rounds. */
  readonly measurePeers?: Readonly<Record<string, () => Promise<number>>>;
  readonly close: () => Promise<void>;
}

/** Something of ours, next to the least that any implementation must do. */
export interface Benchmark {
  readonly name: string;

  /** What is counted, such as `tokens/s`. */
  readonly unit: string;

  /** What the limit does, in a few words. */
  readonly limit: string;
  readonly band: Band;

  /** What else was seen, when the rounds are over. */
  readonly notes?: () => readonly string[];
  readonly start: () => Promise<Contest>;
}
