/**
 * Observes verifiers: `node dist/verifiers/main.js --help` says how.
 *
 * @module
 */

import { writeFileSync } from "node:fs";

import { installedVersion } from "../observation/installed-version.ts";
import { describeOccasion } from "../observation/occasion.ts";
import { isGreen } from "../observation/own-row.ts";
import { runObserver } from "../observation/run-observer.ts";
import { readArguments } from "../read-arguments.ts";
import { findVerifierFaults } from "./columns.ts";
import { helpText, parseVerifiersCommandLine } from "./command-line.ts";
import { ours, verifierNames } from "./peers.ts";
import type { ObservedVerifier } from "./verifiers-document.ts";
import { formatVerifier, formatVerifiersDocument } from "./verifiers-document.ts";

const documentUrl = new URL("../../../../docs/verifiers.md", import.meta.url);
const program = new URL("./peer-process.js", import.meta.url);

/** Returns the exit code. */
async function main(args: readonly string[]): Promise<0 | 1 | 2> {
  const commandLine = readArguments(args, parseVerifiersCommandLine);
  if (commandLine === undefined) return 2;
  if (commandLine.help) {
    console.log(helpText);
    return 0;
  }
  const { only, write, check } = commandLine;
  const verifiers = await observeAll(only);
  if (verifiers.length === 0) {
    console.error(`No library has "${only}" in its name`);
    return 2;
  }
  if (write) writeFileSync(documentUrl, formatVerifiersDocument(verifiers, describeOccasion()));
  if (!check) return 0;
  const own = verifiers.find(({ name }) => name === ours);
  return isGreen(ours, own && findVerifierFaults(own.findings)) ? 0 : 1;
}

async function observeAll(only: string): Promise<readonly ObservedVerifier[]> {
  const verifiers: ObservedVerifier[] = [];
  for (const name of verifierNames.filter((candidate) => candidate.includes(only))) {
    const report = (await runObserver(program, name)) as Pick<
      ObservedVerifier,
      "setUp" | "findings"
    >;
    const verifier = { name, version: installedVersion(name), ...report };
    console.log(formatVerifier(verifier));
    verifiers.push(verifier);
  }
  return verifiers;
}

process.exitCode = await main(process.argv.slice(2));
