/**
 * Runs the tests in their full form (many runs per property, a random seed) and adds the dated
 * result to `docs/long-tests.md`. `CREDICORP_TEST_SEED=<seed>` repeats an earlier run. Arguments
 * choose test files by a part of their path; such a run is not recorded.
 *
 * @module
 */
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { captureCommand, runCommand } from "./lib/commands.mjs";
import { withPnpm } from "./lib/pnpm.mjs";
import { printSummary } from "./lib/summary.mjs";
import { emptyOutcome, readVitestReport } from "./lib/vitest-report.mjs";
import { workspaceRoot } from "./lib/workspace.mjs";

const wantedFiles = process.argv.slice(2);
const report = join(workspaceRoot, ".reports/long.json");
const record = join(workspaceRoot, "docs/long-tests.md");
const heading = `# Long tests

Results of \`npm run test:long\`: every property with many runs and a random seed, newest first.
\`CREDICORP_TEST_SEED=<seed> npm run test:long\` repeats a run.

| Date | Commit | Machine | Seed | Minutes | Passed | Failed | Skipped |
| ---- | ------ | ------- | ---- | ------- | ------ | ------ | ------- |
`;

const installed = await runCommand(withPnpm(["pnpm", "install", "--frozen-lockfile"]));
const outcome =
  installed === 0
    ? await runLongTests()
    : { ...emptyOutcome(), failed: ["pnpm install --frozen-lockfile"] };
printSummary(outcome);
process.exitCode = outcome.failed.length === 0 ? 0 : 1;

async function runLongTests() {
  const seed = process.env["CREDICORP_TEST_SEED"] ?? String(randomInt(2 ** 31));
  console.log(`seed ${seed}`);
  const startedAtMs = performance.now();
  const exitCode = await runCommand(
    [
      join(workspaceRoot, "node_modules/.bin/vitest"),
      "run",
      "--project",
      "source",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
      ...wantedFiles,
    ],
    { env: { CREDICORP_TEST_LONG: "1", CREDICORP_TEST_SEED: seed } },
  );
  const minutes = ((performance.now() - startedAtMs) / 60_000).toFixed(1);
  const result = readVitestReport(report);
  if (exitCode !== 0 && result.failed.length === 0) result.failed.push("vitest");
  if (wantedFiles.length > 0) return result;
  await addToRecord([seed, minutes, result.passed, result.failed.length, result.skipped.length]);
  return result;
}

/** @param {readonly (string | number)[]} results */
async function addToRecord(results) {
  const commit = (await captureCommand(["git", "describe", "--always", "--dirty"])).stdout.trim();
  const machine = `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
  const row = [new Date().toISOString().slice(0, 10), commit, machine, ...results];
  // All that follows the heading of the first table, other tables included.
  const rows = existsSync(record)
    ? readFileSync(record, "utf8").replace(/^.*?^\| -[^\n]*\n/ms, "")
    : "";
  mkdirSync(join(workspaceRoot, "docs"), { recursive: true });
  writeFileSync(record, `${heading}| ${row.join(" | ")} |\n${rows}`);
  // The formatter aligns the table, so that the file passes the format check.
  await runCommand([join(workspaceRoot, "node_modules/.bin/oxfmt"), record]);
}
