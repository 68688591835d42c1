/**
 * Runs the benchmarks: `node dist/main.js --help` says how.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { benchmarks } from "./benchmarks.ts";
import type { CommandLine } from "./command-line.ts";
import { helpText, parseCommandLine } from "./command-line.ts";
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
  if (results.length === 0) {
    console.error(`No benchmark has "${commandLine.only}" in its name`);
  } else if (commandLine.write) {
    writeDocument(results, commandLine.rounds);
  }
  for (const name of namesOutsideOfBand(results)) console.error(`Outside of its band: ${name}`);
  return exitCodeOf(results, commandLine);
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

function writeDocument(results: readonly Result[], rounds: number): void {
  writeFileSync(documentUrl, formatDocument(results, { ...describeOccasion(), rounds }));
}

process.exitCode = await main(process.argv.slice(2));
