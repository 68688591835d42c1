import type { Benchmark, Contest } from "./benchmark.ts";
import type { Round } from "./summary.ts";

/** Runs all contenders in turn, after one round that warms them up and is not counted. */
export async function runPairedRounds(
  benchmark: Benchmark,
  roundCount: number,
): Promise<readonly Round[]> {
  const contest = await benchmark.start();
  try {
    await runRound(contest);
    const rounds: Round[] = [];
    while (rounds.length < roundCount) rounds.push(await runRound(contest));
    return rounds;
  } finally {
    await contest.close();
  }
}

async function runRound({ measureLimit, measureOurs, measurePeers = {} }: Contest): Promise<Round> {
  const limit = await measureLimit();
  const ours = await measureOurs();
  const peers: Record<string, number> = {};
  for (const [name, measure] of Object.entries(measurePeers)) peers[name] = await measure();
  return { ours, limit, peers };
}
