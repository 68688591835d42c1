/**
 * Observes client libraries: `node dist/clients/main.js --help` says how.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";

import { runPairedRounds } from "../paired-rounds.ts";
import type { ObservedPeer, SpeedTable } from "./clients-document.ts";
import { formatClientsDocument, formatPeer, formatSpeed } from "./clients-document.ts";
import { findFaults } from "./columns.ts";
import type { ClientsCommandLine } from "./command-line.ts";
import { helpText, parseClientsCommandLine } from "./command-line.ts";
import { sumUpCosts } from "./costs.ts";
import { ours, peerNames, readPeerVersion } from "./peers.ts";
import { runPeer } from "./run-peer.ts";

const documentUrl = new URL("../../../../docs/clients.md", import.meta.url);

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<0 | 1 | 2> {
  const commandLine = readCommandLine(args);
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
  return check && !isOursGreen(peers) ? 1 : 0;
}

async function observeAll(only: string): Promise<readonly ObservedPeer[]> {
  const peers: ObservedPeer[] = [];
  for (const name of peerNames.filter((candidate) => candidate.includes(only))) {
    const peer = { name, version: readPeerVersion(name), ...(await runPeer(name)) };
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

/** Says what is missing. Without our row there is nothing to be green. */
function isOursGreen(peers: readonly ObservedPeer[]): boolean {
  const own = peers.find(({ name }) => name === ours);
  const faults = own === undefined ? ["it was not observed"] : findFaults(own.findings);
  for (const fault of faults) console.error(`${ours} is not green: ${fault}`);
  return faults.length === 0;
}

function writeDocument(
  observed: { readonly peers: readonly ObservedPeer[]; readonly speed: readonly SpeedTable[] },
  { rounds }: ClientsCommandLine,
): void {
  const date = new Date().toISOString().slice(0, 10);
  const cpu = `${cpus().length} × ${cpus()[0]?.model ?? "unknown CPU"}`;
  const report = { ...observed, date, node: process.versions.node, cpu, rounds };
  writeFileSync(documentUrl, formatClientsDocument(report));
}

function readCommandLine(args: readonly string[]): ClientsCommandLine | undefined {
  try {
    return parseClientsCommandLine(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error("Try --help.");
    return undefined;
  }
}

process.exitCode = await main(process.argv.slice(2));
