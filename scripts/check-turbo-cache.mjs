/**
 * Shows that turbo runs the tests of a package again when a package that it depends on changes, and
 * only then. It compares the hashes of the tasks in a copy of the workspace, so nothing is run.
 *
 * @module
 */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { captureCommand } from "./lib/commands.mjs";
import { listWorkspacePackages, workspaceClosure, workspaceRoot } from "./lib/workspace.mjs";

const generated = new Set(["node_modules", "dist", ".turbo", ".reports", ".git"]);
const members = listWorkspacePackages();
const copy = mkdtempSync(join(tmpdir(), "turbo-cache-"));
/** @type {string[]} */
const problems = [];

try {
  cpSync(workspaceRoot, copy, {
    recursive: true,
    filter: (source) => source === workspaceRoot || !generated.has(basename(source)),
  });
  for (const changed of ["packages/oauth-core", "packages/oauth-client"]) await check(changed);
} finally {
  rmSync(copy, { recursive: true, force: true });
}

for (const problem of problems) console.error(problem);
console.log(`turbo cache: ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

/**
 * Changes a source file of one package and judges every package's hash.
 *
 * @param {string} changed
 */
async function check(changed) {
  const before = await testHashes();
  appendFileSync(join(copy, changed, "src/index.ts"), "\n// changed\n");
  const after = await testHashes();
  for (const member of members) {
    const dependent = workspaceClosure(member, ["dependencies", "devDependencies"]).some(
      ({ folder }) => folder === changed,
    );
    const missed = before.get(member.name) !== after.get(member.name);
    if (dependent === missed) continue;
    const fault = missed ? "needlessly runs again" : "would be served from the cache";
    problems.push(`${member.folder}: test ${fault} when ${changed} changes`);
  }
}

/** @returns {Promise<Map<string, string>>} The hash of the test task of each package. */
async function testHashes() {
  const turbo = join(workspaceRoot, "node_modules/.bin/turbo");
  const command = [turbo, "run", "test", "--dry=json", "--skip-infer"];
  const { exitCode, stdout, output } = await captureCommand(command, {
    cwd: copy,
    env: { TURBO_TELEMETRY_DISABLED: "1" },
  });
  if (exitCode !== 0) throw new Error(`turbo run test --dry=json failed:\n${output}`);
  /** @type {{ tasks: { task: string, package: string, hash: string }[] }} */
  const { tasks } = JSON.parse(stdout);
  return new Map(
    tasks.filter(({ task }) => task === "test").map((task) => [task.package, task.hash]),
  );
}
