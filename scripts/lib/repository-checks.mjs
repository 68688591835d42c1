/**
 * The checks that judge the repository as a whole. Each counts as one in the summary of the tests.
 *
 * @module
 */
import { join } from "node:path";
import { captureCommand } from "./commands.mjs";
import { withPnpm } from "./pnpm.mjs";
import { emptyOutcome, readVitestReport, sumOutcomes } from "./vitest-report.mjs";
import { workspaceRoot } from "./workspace.mjs";

/** @typedef {import("./vitest-report.mjs").Outcome} Outcome */

/**
 * @typedef {object} RepositoryCheck
 * @property {string} name
 * @property {readonly string[]} command
 * @property {string} [report] A vitest report whose tests count for themselves.
 */

/** @param {string} name */
const tool = (name) => join(workspaceRoot, "node_modules/.bin", name);
/** @param {string} name */
const script = (name) => [process.execPath, join(workspaceRoot, "scripts", `${name}.mjs`)];

/**
 * Checks of a second or two that need no build.
 *
 * @type {readonly RepositoryCheck[]}
 */
export const quickChecks = [
  { name: "lint", command: [tool("oxlint")] },
  { name: "format", command: [tool("oxfmt"), "--check"] },
  { name: "types of scripts", command: [tool("tsc"), "-p", "scripts"] },
  { name: "boundaries", command: script("check-boundaries") },
  { name: "unused code", command: [tool("knip")] },
  { name: "README snippets", command: script("check-readmes") },
  { name: "links", command: script("check-links") },
];

const scriptsReport = join(workspaceRoot, ".reports/scripts.json");

/**
 * Checks of the guards themselves and of what is published.
 *
 * @type {readonly RepositoryCheck[]}
 */
export const thoroughChecks = [
  {
    name: "tests of the guards",
    command: [
      tool("vitest"),
      "run",
      "--project",
      "scripts",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${scriptsReport}`,
    ],
    report: scriptsReport,
  },
  {
    // Reads the reports of the tests of all packages, so it comes after them.
    name: "conformance",
    command: [process.execPath, join(workspaceRoot, "apps/conformance/dist/main.js"), "--check"],
  },
  { name: "API reports", command: script("check-api") },
  { name: "turbo cache", command: script("check-turbo-cache") },
  { name: "packed packages", command: withPnpm(script("check-packed")) },
];

/**
 * Runs checks one after the other, and shows the output of those that fail.
 *
 * @param {readonly RepositoryCheck[]} checks
 * @returns {Promise<Outcome>}
 */
export async function runRepositoryChecks(checks) {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const check of checks) {
    const startedAtMs = performance.now();
    const { exitCode, output } = await captureCommand(check.command);
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    console.log(`${exitCode === 0 ? "✓" : "✗"} ${check.name} (${seconds} s)`);
    if (exitCode !== 0) console.log(output.replaceAll(/^(?=.)/gm, "    "));
    outcomes.push(outcomeOf(check, exitCode));
  }
  return sumOutcomes(outcomes);
}

/**
 * @param {RepositoryCheck} check
 * @param {number} exitCode
 * @returns {Outcome}
 */
function outcomeOf({ name, report }, exitCode) {
  if (report !== undefined) {
    const outcome = readVitestReport(report);
    if (exitCode !== 0 && outcome.failed.length === 0) outcome.failed.push(name);
    return outcome;
  }
  if (exitCode === 0) return { ...emptyOutcome(), passed: 1 };
  return { ...emptyOutcome(), failed: [name] };
}
