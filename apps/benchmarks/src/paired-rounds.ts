import type { Benchmark } from "./benchmark.ts";
import type { Round } from "./summary.ts";

/** Runs both contenders in turn, after one round that warms them up and is not counted. */
export async function runPairedRounds(
  benchmark: Benchmark,
  roundCount: number,
): Promise<readonly Round[]> {
  const contest = await benchmark.start();
  try {
    await contest.measureLimit();
    await contest.measureOurs();

    const rounds: Round[] = [];
    while (rounds.length < roundCount) {
      const limit = await contest.measureLimit();
      const ours = await contest.measureOurs();
      rounds.push({ ours, limit });
    }
    return rounds;
  } finally {
    await contest.close();
  }
}
