/**
 * Writes `docs/conformance.md` and `docs/requirements.md`, or with `--check` compares them.
 *
 * `--root <folder>` names another workspace than the one this file is in. Exits 1 when something
 * is wrong, and 2 for an unknown option.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { checkConformance, writeConformance } from "./conformance.ts";

interface CommandLine {
  readonly check: boolean;
  readonly root: string;
}

function parseCommandLine(): CommandLine | undefined {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  try {
    return parseArgs({
      options: {
        check: { type: "boolean", default: false },
        root: { type: "string", default: root },
      },
    }).values;
  } catch (error) {
    console.error(`conformance: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

const commandLine = parseCommandLine();
if (commandLine === undefined) {
  process.exitCode = 2;
} else {
  const { check, root } = commandLine;
  const { failures, summary } = (check ? checkConformance : writeConformance)(root);
  for (const failure of failures) console.error(`conformance: ${failure}`);
  console.log(`conformance: ${summary}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
