/**
 * Observes client libraries: `node dist/clients/main.js --help` says how.
 *
 * @module
 */

import { writeFileSync } from "node:fs";

import { installedVersion } from "../observation/installed-version.ts";
import { describeOccasion } from "../observation/occasion.ts";
import { isGreen } from "../observation/own-row.ts";
import { runPairedRounds } from "../paired-rounds.ts";
import { readArguments } from "../read-arguments.ts";
import type { ObservedPeer, SpeedTable } from "./clients-document.ts";
import { formatClientsDocument, formatPeer, formatSpeed } from "./clients-document.ts";
import { findFaults } from "./columns.ts";
import type { ClientsCommandLine } from "./command-line.ts";
import { helpText, parseClientsCommandLine } from "./command-line.ts";
import { sumUpCosts } from "./costs.ts";
import { ours, peerNames } from "./peers.ts";
import { runPeer } from "./run-peer.ts";

const documentUrl = new URL("../../../../docs/clients.md", import.meta.url);

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<0 | 1 | 2> {
  const commandLine = readArguments(args, parseClientsCommandLine);
  if (commandLine === undefined) return 2;
  if (commandLine.help) {
    console.log(helpText);
    return 0;
  }
  const { only, counts, write, check } = commandLine;
  const peers = await observeAll(only);
  if (peers.length === 0) {
    console.error(`No library has "${only}" in its name`);
    return 2;
  }
  const speed = counts || only !== "" ? [] : await measureSpeed(commandLine);
  if (write) writeDocument({ peers, speed }, commandLine);
  if (!check) return 0;
  const own = peers.find(({ name }) => name === ours);
  return isGreen(ours, own && findFaults(own.findings)) ? 0 : 1;
}

async function observeAll(only: string): Promise<readonly ObservedPeer[]> {
  const peers: ObservedPeer[] = [];
  for (const name of peerNames.filter((candidate) => candidate.includes(only))) {
    const peer = { name, version: installedVersion(name), ...(await runPeer(name)) };
    console.log(formatPeer(peer));
    peers.push(peer);
  }
  return peers;
}

async function measureSpeed({ rounds }: ClientsCommandLine): Promise<readonly SpeedTable[]> {
  // Its peers are many: they are loaded when they are needed.
  const { races } = await import("./speed.ts");
  const tables: SpeedTable[] = [];
  for (const { title, ours: name, benchmark } of races) {
    const names = { limit: benchmark.limit, ours: name };
    const table = { title, costs: sumUpCosts(names, await runPairedRounds(benchmark, rounds)) };
    console.log(formatSpeed(table));
    tables.push(table);
  }
  return tables;
}

function writeDocument(
  observed: { readonly peers: readonly ObservedPeer[]; readonly speed: readonly SpeedTable[] },
  { rounds }: ClientsCommandLine,
): void {
  writeFileSync(documentUrl, formatClientsDocument({ ...observed, ...describeOccasion(), rounds }));
}

process.exitCode = await main(process.argv.slice(2));
