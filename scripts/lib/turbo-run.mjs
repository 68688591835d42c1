/**
 * Runs tasks of every package with turbo and tells how each ended.
 *
 * @module
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./commands.mjs";
import { withPnpm } from "./pnpm.mjs";
import { emptyOutcome, readVitestReport, sumOutcomes } from "./vitest-report.mjs";
import { listWorkspacePackages, readJsonFile, workspaceRoot } from "./workspace.mjs";

/** @typedef {import("./vitest-report.mjs").Outcome} Outcome */

/** The tasks that write a vitest report, and its name in the package's `.reports`. */
const reports = new Map([
  ["test", "test.json"],
  ["test:built", "test-built.json"],
  ["test:browser", "test-browser.json"],
]);

/**
 * Runs the tasks in every package that has them.
 *
 * A test counts for itself; any other task counts as one check, and a task that did not run because
 * one before it failed has failed too.
 *
 * @param {readonly string[]} tasks
 * @returns {Promise<Outcome>}
 */
export async function runTurboTasks(tasks) {
  const summaries = join(workspaceRoot, ".turbo/runs");
  rmSync(summaries, { recursive: true, force: true });
  for (const { path } of listWorkspacePackages()) {
    rmSync(join(path, ".reports"), { recursive: true, force: true });
  }

  const options = [
    "--continue=dependencies-successful",
    "--summarize",
    "--output-logs=new-only",
    "--log-order=grouped",
  ];
  const turbo = join(workspaceRoot, "node_modules/.bin/turbo");
  const exitCode = await runCommand(withPnpm([turbo, "run", ...tasks, ...options]), {
    env: { CREDICORP_TEST_NODE: process.version, TURBO_TELEMETRY_DISABLED: "1" },
  });

  const [summary] = readdirSync(summaries).filter((name) => name.endsWith(".json"));
  if (summary === undefined) return { ...emptyOutcome(), failed: ["turbo wrote no summary"] };
  /** @type {{ tasks: TurboTask[] }} */
  const { tasks: executed } = readJsonFile(join(summaries, summary));
  const outcome = sumOutcomes(
    expectedTasks(tasks).map((expected) => outcomeOfTask(expected, executed)),
  );
  if (exitCode !== 0 && outcome.failed.length === 0) outcome.failed.push(`turbo: ${exitCode}`);
  return outcome;
}

/**
 * @typedef {object} TurboTask
 * @property {string} taskId Such as `@credicorp/oauth-core#build`.
 * @property {{ exitCode?: number | null } | null} [execution]
 */

/**
 * @typedef {object} ExpectedTask
 * @property {string} taskId
 * @property {string | undefined} report Path of the vitest report that the task writes.
 */

/**
 * Lists the tasks by the manifests, because turbo's summary is silent about those that did not run.
 *
 * @param {readonly string[]} tasks
 * @returns {ExpectedTask[]}
 */
function expectedTasks(tasks) {
  return listWorkspacePackages().flatMap(({ name, path, manifest }) =>
    tasks
      .filter((task) => manifest["scripts"]?.[task] !== undefined)
      .map((task) => {
        const report = reports.get(task);
        return {
          taskId: `${name}#${task}`,
          report: report === undefined ? undefined : join(path, ".reports", report),
        };
      }),
  );
}

/**
 * @param {ExpectedTask} expected
 * @param {readonly TurboTask[]} executed
 * @returns {Outcome}
 */
function outcomeOfTask({ taskId, report }, executed) {
  const exitCode = executed.find((task) => task.taskId === taskId)?.execution?.exitCode;
  if (typeof exitCode !== "number") return { ...emptyOutcome(), failed: [`${taskId} (not run)`] };
  if (report !== undefined) {
    const outcome = readVitestReport(report);
    if (exitCode !== 0 && outcome.failed.length === 0) outcome.failed.push(taskId);
    return outcome;
  }
  if (exitCode === 0) return { ...emptyOutcome(), passed: 1 };
  return { ...emptyOutcome(), failed: [taskId] };
}
