/**
 * Runs the benchmarks: `node dist/main.js --help` says how.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { benchmarks, costTables } from "./benchmarks.ts";
import type { CommandLine } from "./command-line.ts";
import { helpText, parseCommandLine } from "./command-line.ts";
import type { MeasuredCosts } from "./costs/cost-table.ts";
import { costsAboveBound, formatCosts } from "./costs/cost-table.ts";
import { describeOccasion } from "./observation/occasion.ts";
import { runPairedRounds } from "./paired-rounds.ts";
import { readArguments } from "./read-arguments.ts";
import type { Result } from "./report.ts";
import { formatDocument, formatResult } from "./report.ts";
import { summarise } from "./summary.ts";
import { exitCodeOf, namesOutsideOfBand } from "./verdict.ts";

const documentUrl = new URL("../../../docs/benchmarks.md", import.meta.url);

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const commandLine = readArguments(args, parseCommandLine);
  if (commandLine === undefined) return 2;
  if (commandLine.help) {
    console.log(helpText);
    return 0;
  }

  const results = await run(commandLine);
  const costs = await measureCosts(commandLine);
  if (results.length + costs.length === 0) {
    console.error(`No benchmark has "${commandLine.only}" in its name`);
  } else if (commandLine.write) {
    writeDocument(results, costs, commandLine.rounds);
  }
  for (const name of namesOutsideOfBand(results)) console.error(`Outside of its band: ${name}`);
  for (const what of costsAboveBound(costs)) console.error(`Costs more than it may: ${what}`);
  if (commandLine.check && costsAboveBound(costs).length > 0) return 1;
  return results.length === 0 && costs.length > 0 ? 0 : exitCodeOf(results, commandLine);
}

async function measureCosts({ only, rounds }: CommandLine): Promise<readonly MeasuredCosts[]> {
  const measured: MeasuredCosts[] = [];
  for (const table of costTables.filter(({ name }) => name.includes(only))) {
    const found = { table, costs: await table.measure(rounds) };
    console.log(formatCosts(found));
    measured.push(found);
  }
  return measured;
}

async function run(commandLine: CommandLine): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const benchmark of benchmarks.filter(({ name }) => name.includes(commandLine.only))) {
    const rounds = await runPairedRounds(benchmark, commandLine.rounds);
    const result = { benchmark, summary: summarise(rounds) };
    console.log(formatResult(result));
    results.push(result);
  }
  return results;
}

function writeDocument(
  results: readonly Result[],
  costs: readonly MeasuredCosts[],
  rounds: number,
): void {
  writeFileSync(documentUrl, formatDocument(results, { ...describeOccasion(), rounds }, costs));
}

process.exitCode = await main(process.argv.slice(2));
