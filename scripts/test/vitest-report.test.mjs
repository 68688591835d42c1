import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readVitestReport, sumOutcomes } from "../lib/vitest-report.mjs";
import { workspaceRoot } from "../lib/workspace.mjs";

const file = join(workspaceRoot, "packages/a/test/b.test.ts");

/**
 * Reads a report with the given test files.
 *
 * @param {readonly object[]} testResults
 * @param {boolean} success
 */
function read(testResults, success) {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "test.json");
  writeFileSync(path, JSON.stringify({ success, testResults }));
  return readVitestReport(path);
}

/** @param {[status: string, fullName: string][]} tests */
function results(...tests) {
  return tests.map(([status, fullName]) => ({ status, fullName }));
}

it("counts passed tests and names failed and skipped ones", () => {
  const assertionResults = results(
    ["passed", "one"],
    ["passed", "two"],
    ["failed", "three"],
    ["skipped", "four"],
    ["todo", "five"],
  );

  const outcome = read([{ name: file, status: "failed", assertionResults }], false);

  expect(outcome).toEqual({
    passed: 2,
    failed: ["packages/a/test/b.test.ts: three"],
    skipped: ["packages/a/test/b.test.ts: four", "packages/a/test/b.test.ts: five"],
  });
});

it("counts a file that does not load as a failure", () => {
  const broken = { name: file, status: "failed", message: "No such module\nat …" };

  const outcome = read([{ ...broken, assertionResults: [] }], false);

  expect(outcome.failed).toEqual(["packages/a/test/b.test.ts: No such module"]);
});

it("counts a run that failed outside of its tests as a failure", () => {
  const passing = { name: file, status: "passed", assertionResults: results(["passed", "one"]) };

  const outcome = read([passing], false);

  expect(outcome.failed).toEqual([expect.stringContaining("the run failed outside of its tests")]);
});

it("counts a report without a test as a failure", () => {
  const outcome = read([], true);

  expect(outcome.failed).toEqual([expect.stringContaining("has no test")]);
});

it("counts a missing report as a failure", () => {
  const outcome = readVitestReport(join(workspaceRoot, "packages/gone/.reports/test.json"));

  expect(outcome.failed).toEqual(["packages/gone/.reports/test.json was not written"]);
});

it("adds outcomes up", () => {
  const sum = sumOutcomes([
    { passed: 1, failed: ["a"], skipped: [] },
    { passed: 2, failed: ["b"], skipped: ["c"] },
  ]);

  expect(sum).toEqual({ passed: 3, failed: ["a", "b"], skipped: ["c"] });
});
