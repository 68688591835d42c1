/**
 * Reads the JSON reports that vitest writes.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { readJsonFile, workspaceRoot } from "./workspace.mjs";

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {string[]} failed One line for each failure.
 * @property {string[]} skipped One line for each skipped test.
 */

/** @returns {Outcome} */
export function emptyOutcome() {
  return { passed: 0, failed: [], skipped: [] };
}

/**
 * Adds outcomes up.
 *
 * @param {readonly Outcome[]} outcomes
 * @returns {Outcome}
 */
export function sumOutcomes(outcomes) {
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.flatMap(({ failed }) => failed),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  };
}

/**
 * Reads one report. A missing or empty one is a failure and not a zero.
 *
 * @param {string} path
 * @returns {Outcome}
 */
export function readVitestReport(path) {
  const name = relative(workspaceRoot, path);
  if (!existsSync(path)) return { ...emptyOutcome(), failed: [`${name} was not written`] };
  const report = readJsonFile(path);
  const outcome = emptyOutcome();
  for (const { name: file, status, message, assertionResults } of report.testResults) {
    const title = relative(workspaceRoot, file);
    // A file that does not load has no results; a failing one that has is counted below.
    if (status === "failed" && assertionResults.length === 0) {
      outcome.failed.push(`${title}: ${firstLine(message)}`);
    }
    for (const { status: result, fullName } of assertionResults) {
      if (result === "passed") outcome.passed += 1;
      else if (result === "failed") outcome.failed.push(`${title}: ${fullName}`);
      else outcome.skipped.push(`${title}: ${fullName}`);
    }
  }
  if (outcome.passed + outcome.failed.length + outcome.skipped.length === 0) {
    outcome.failed.push(`${name} has no test`);
  } else if (!report.success && outcome.failed.length === 0) {
    outcome.failed.push(`${name}: the run failed outside of its tests`);
  }
  return outcome;
}

/** @param {string} text */
function firstLine(text) {
  return text.split("\n", 1)[0] ?? "";
}
