/**
 * Runs the benchmarks: `node dist/main.js --help` says how.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { benchmarks } from "./benchmarks.ts";
import type { CommandLine } from "./command-line.ts";
import { helpText, parseCommandLine } from "./command-line.ts";
import { runPairedRounds } from "./paired-rounds.ts";
import type { Result } from "./report.ts";
import { formatDocument, formatResult } from "./report.ts";
import { summarise } from "./summary.ts";
import { exitCodeOf, namesOutsideOfBand } from "./verdict.ts";

const documentUrl = new URL("../../../docs/benchmarks.md", import.meta.url);

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const commandLine = readCommandLine(args);
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

function readCommandLine(args: readonly string[]): CommandLine | undefined {
  try {
    return parseCommandLine(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error("Try --help.");
    return undefined;
  }
}

function writeDocument(results: readonly Result[], rounds: number): void {
  const date = new Date().toISOString().slice(0, 10);
  const cpu = `${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}`;
  writeFileSync(
    documentUrl,
    formatDocument(results, { date, node: process.versions.node, cpu, rounds }),
  );
}

process.exitCode = await main(process.argv.slice(2));
