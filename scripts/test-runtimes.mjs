/**
 * Packs what is published, and has every runtime that we name tell the end-to-end story with it.
 *
 * Needs `pnpm` on its PATH.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { captureCommand, runCommand } from "./lib/commands.mjs";
import { recordRuns } from "./lib/runtime-record.mjs";
import { tellStories } from "./lib/runtime-story.mjs";
import { runSourceTests } from "./lib/runtime-tests.mjs";
import { environmentOf, getRuntime, runtimes, tryRuntime } from "./lib/runtimes.mjs";
import { printSummary } from "./lib/summary.mjs";
import { installInNewProject, packPackage } from "./lib/tarballs.mjs";
import { emptyOutcome, sumOutcomes } from "./lib/vitest-report.mjs";
import { listWorkspacePackages, workspaceClosure, workspaceRoot } from "./lib/workspace.mjs";

/**
 * @typedef {import("./lib/vitest-report.mjs").Outcome} Outcome
 * @typedef {import("./lib/runtime-record.mjs").Run} Run
 */

const help = `Usage: npm run test:runtimes -- [options] [runtime …]

Packs the packages, installs them in an empty folder, and tells the end-to-end story with each runtime: a secret becomes a
token, a request is verified, a resource server introspects, and what is not good is refused; then all published vectors.
The runtimes come from npm and go into a temporary folder. One that cannot be had is skipped, and the reason printed.
A run of all of them is recorded in docs/runtimes.md.

Runtimes: ${runtimes.map(({ name }) => name).join(", ")}

Options:
  --executable <runtime>=<path>   takes a program that is there already; may be repeated
  --tests                         has each Node run the source tests too, which takes minutes
  --keep                          leaves the temporary folder, and says where it is
  --help                          prints this`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    executable: { type: "string", multiple: true, default: [] },
    tests: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const executables = new Map(
  values.executable.map((text) => {
    const [name = "", ...path] = text.split("=");
    return [name, path.join("=")];
  }),
);
const unknown = [...positionals, ...executables.keys()].filter(
  (wanted) => !runtimes.some(({ name }) => name === wanted),
);
const chosen = runtimes.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
);

if (values.help) console.log(help);
else if (unknown.length > 0) {
  console.error(`no such runtime: ${unknown.join(", ")}\n\n${help}`);
  process.exitCode = 1;
} else {
  const outcome = await runMatrix();
  printSummary(outcome);
  process.exitCode = outcome.failed.length === 0 ? 0 : 1;
}

/** @returns {Promise<Outcome>} */
async function runMatrix() {
  for (const command of [
    ["pnpm", "install", "--frozen-lockfile"],
    [join(workspaceRoot, "node_modules/.bin/turbo"), "run", "build", "--output-logs=errors-only"],
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- the second needs the first
    if ((await runCommand(command)) !== 0) {
      return { ...emptyOutcome(), failed: [command.join(" ")] };
    }
  }
  const described = await captureCommand(["git", "describe", "--always", "--dirty"]);
  const commit = described.stdout.trim();
  const folder = mkdtempSync(join(tmpdir(), "runtimes-"));
  try {
    const tarballs = await packStory(folder);
    /** @type {Run[]} */
    const runs = [];
    for (const runtime of chosen) {
      // oxlint-disable-next-line no-await-in-loop -- each has the machine to itself
      runs.push(await runOne(runtime, tarballs, folder));
    }
    if (positionals.length === 0) await recordRuns(runs, commit);
    return sumOutcomes(runs.map(({ outcome }) => outcome));
  } finally {
    if (values.keep) console.log(`left in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Packs what tells the story, and what that needs.
 *
 * @param {string} folder
 */
async function packStory(folder) {
  const story = listWorkspacePackages().find((member) => member.folder === "apps/end-to-end");
  if (story === undefined) throw new Error("apps/end-to-end is missing");
  /** @type {string[]} */
  const tarballs = [];
  for (const member of workspaceClosure(story, ["dependencies"])) {
    // oxlint-disable-next-line no-await-in-loop -- pnpm is quick, and two cores are few
    tarballs.push(await packPackage(member, folder));
  }
  return tarballs;
}

/**
 * @param {import("./lib/runtimes.mjs").Runtime} runtime
 * @param {readonly string[]} tarballs
 * @param {string} folder
 * @returns {Promise<Run>}
 */
async function runOne(runtime, tarballs, folder) {
  const { name, kind } = runtime;
  const startedAtMs = performance.now();
  console.log(`• ${name} …`);
  const given = executables.get(name);
  const found = await (given === undefined
    ? getRuntime(runtime, join(folder, name))
    : tryRuntime(given));
  if ("reason" in found) {
    console.log(`- ${name}: skipped, because ${found.reason}`);
    return { runtime, outcome: { ...emptyOutcome(), skipped: [`${name}: ${found.reason}`] } };
  }
  const { program, version } = found;
  const project = join(folder, `${name}-project`);
  const env = kind === "node" ? environmentOf(program) : {};
  const outcome = emptyOutcome();
  try {
    const printed = await installInNewProject(project, tarballs, env);
    for (const unfit of unfitPackages(printed)) {
      // What others declare is told, and not ours to fail by.
      if (unfit.startsWith("@credicorp/")) outcome.failed.push(`${unfit} is not for this Node`);
      else console.log(`  npm warns that ${unfit} is not for this Node`);
    }
    const { facts, failed } = await tellStories(runtime, program, project);
    outcome.passed += facts - failed.length;
    outcome.failed.push(...failed);
  } catch (error) {
    outcome.failed.push(String(error));
  }
  const tests = values.tests && kind === "node" ? await runSourceTests(name, program) : undefined;
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const mark = outcome.failed.length === 0 ? "✓" : "✗";
  console.log(`${mark} ${name} is ${version}: ${outcome.passed} facts hold (${seconds} s)`);
  for (const line of outcome.failed) console.log(`    ${line}`);
  const named = { ...outcome, failed: outcome.failed.map((line) => `${name}: ${line}`) };
  return {
    runtime,
    version,
    tests,
    outcome: sumOutcomes([named, tests ?? emptyOutcome()]),
    facts: outcome,
  };
}

/**
 * Reads which packages npm has warned of, by their `engines`.
 *
 * @param {string} printed
 */
function unfitPackages(printed) {
  return [...printed.matchAll(/EBADENGINE +package: '([^']+)'/g)].map(([, name = ""]) => name);
}
