import type { Band } from "./benchmark.ts";

/** What one round measured, in operations per second. */
export interface Round {
  readonly ours: number;
  readonly limit: number;
  readonly peers?: Readonly<Record<string, number>>;
}

/** What several rounds say together. */
export interface Summary {
  /** Ratio ours / limit, within a round: what another process does to the machine touches both. */
  readonly ratio: { readonly min: number; readonly median: number; readonly max: number };

  /** Medians, in operations per second; they move with the machine. */
  readonly ours: number;
  readonly limit: number;

  /** The median ratio ours / theirs, within a round, by name. */
  readonly peers: Readonly<Record<string, number>>;
}

/** Sums rounds up; there must be one at least. */
export function summarise(rounds: readonly Round[]): Summary {
  const ratios = rounds.map(({ ours, limit }) => ours / limit);
  return {
    ratio: { min: Math.min(...ratios), median: median(ratios), max: Math.max(...ratios) },
    ours: median(rounds.map(({ ours }) => ours)),
    limit: median(rounds.map(({ limit }) => limit)),
    peers: Object.fromEntries(
      Object.keys(rounds[0]?.peers ?? {}).map((name) => [
        name,
        median(rounds.map(({ ours, peers = {} }) => ours / (peers[name] ?? Number.NaN))),
      ]),
    ),
  };
}

/** Tells whether the median of the ratios lies within a band. */
export function isWithin(band: Band, summary: Summary): boolean {
  const { median: ratio } = summary.ratio;
  return ratio >= band.min && ratio <= band.max;
}

/** Returns the middle value, or the mean of the two in the middle; there must be one value at least. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}
