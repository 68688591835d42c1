/**
 * Runs the source tests of the workspace with a Node that is not ours.
 *
 * @module
 */
import { join } from "node:path";
import { captureCommand } from "./commands.mjs";
import { environmentOf } from "./runtimes.mjs";
import { readVitestReport } from "./vitest-report.mjs";
import { workspaceRoot } from "./workspace.mjs";

/**
 * @param {string} name Of the runtime.
 * @param {string} program
 * @returns {Promise<import("./vitest-report.mjs").Outcome>} A failure names the runtime.
 */
export async function runSourceTests(name, program) {
  const report = join(workspaceRoot, `.reports/${name}.json`);
  const vitest = join(workspaceRoot, "node_modules/vitest/vitest.mjs");
  const { exitCode } = await captureCommand(
    [program, vitest, "run", "--project", "source", "--reporter=json", `--outputFile=${report}`],
    { env: environmentOf(program), timeoutMs: 60 * 60_000 },
  );
  const { passed, failed, skipped } = readVitestReport(report);
  if (exitCode !== 0 && failed.length === 0) failed.push("vitest");
  console.log(
    `  ${passed} source tests passed, ${failed.length} failed, ${skipped.length} skipped`,
  );
  return {
    passed,
    failed: failed.map((title) => `${name}: ${title}`),
    skipped: skipped.map((title) => `${name}: ${title}`),
  };
}
