/**
 * Runs the tests of the package in the current folder and writes a JSON report beside them.
 *
 * `test-package.mjs` runs the tests that read sources; `test-package.mjs built` those that start
 * processes from `dist`, and `test-package.mjs browser` those that need a browser. Further arguments
 * go to vitest.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { join, relative } from "node:path";
import { runCommand } from "./lib/commands.mjs";
import { workspaceRoot } from "./lib/workspace.mjs";

const [first, ...rest] = process.argv.slice(2);
const project = first === "built" || first === "browser" ? first : "source";
const vitestArguments = project === first || first === undefined ? rest : [first, ...rest];

const folder = relative(workspaceRoot, process.cwd());
const reportName = project === "source" ? "test.json" : `test-${project}.json`;
const report = join(folder, ".reports", reportName);

// A report of an earlier run must not stand in for a run that crashed.
rmSync(join(workspaceRoot, report), { force: true });

// vitest bounds each test, but not a process that deadlocks in native code.
const timeoutMs = 10 * 60_000;

const command = [
  join(workspaceRoot, "node_modules/.bin/vitest"),
  "run",
  "--project",
  project,
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${report}`,
  ...vitestArguments,
  `${folder}/`,
];
process.exitCode = await runCommand(command, { timeoutMs });
