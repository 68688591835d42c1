import type { Round } from "../summary.ts";
import { median } from "../summary.ts";

/** What one contender needs for one operation. */
export interface Cost {
  readonly name: string;

  /** In seconds; it moves with the machine. */
  readonly seconds: number;

  /** As a multiple of the limit, within a round. */
  readonly timesLimit: number;
}

/** Sums rounds up as costs, the limit first and ours next, by their names; there must be one round at least. */
export function sumUpCosts(
  { limit, ours }: { readonly limit: string; readonly ours: string },
  rounds: readonly Round[],
): readonly Cost[] {
  const cost = (contender: string, rateOf: (round: Round) => number): Cost => ({
    name: contender,
    seconds: median(rounds.map((round) => 1 / rateOf(round))),
    timesLimit: median(rounds.map((round) => round.limit / rateOf(round))),
  });
  return [
    cost(limit, (round) => round.limit),
    cost(ours, (round) => round.ours),
    ...Object.keys(rounds[0]?.peers ?? {}).map((peer) =>
      cost(peer, ({ peers = {} }) => peers[peer] ?? Number.NaN),
    ),
  ];
}
