import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { captureCommand } from "../lib/commands.mjs";
import { formatRuns } from "../lib/runtime-record.mjs";
import { runtimes, tryRuntime } from "../lib/runtimes.mjs";
import { emptyOutcome } from "../lib/vitest-report.mjs";
import { workspaceRoot } from "../lib/workspace.mjs";

const [node] = runtimes;
const workerd = runtimes.find(({ kind }) => kind === "workerd");
if (node === undefined || workerd === undefined) throw new Error("a runtime is missing");

/** @param {readonly string[]} parameters */
function runScript(...parameters) {
  const script = join(workspaceRoot, "scripts/test-runtimes.mjs");
  return captureCommand([process.execPath, script, ...parameters]);
}

describe("test-runtimes", () => {
  it("says what it does, and with which runtimes", async () => {
    const { exitCode, stdout } = await runScript("--help");

    expect(exitCode).toBe(0);
    for (const { name } of runtimes) expect(stdout).toContain(name);
  });

  it("refuses a runtime that it does not know, before it does anything", async () => {
    const named = await runScript("node-1");
    const given = await runScript("--executable", "node-1=/bin/node");

    expect([named.exitCode, given.exitCode]).toEqual([1, 1]);
    expect(named.output).toContain("no such runtime: node-1");
  });

  it("skips a program that is not there or does not start, and says why", async () => {
    expect(await tryRuntime("/nowhere/node")).toEqual({ reason: "there is no /nowhere/node" });
    expect(await tryRuntime("/bin/false")).toMatchObject({
      reason: expect.stringContaining("it does not start"),
    });
    expect(await tryRuntime(process.execPath)).toEqual({
      program: process.execPath,
      version: process.version,
    });
  });
});

describe("the record of runs", () => {
  it("tells passed, failed and skipped runs apart", () => {
    const facts = { passed: 68, failed: ["node-22: ✗ a fact"], skipped: [] };
    const skipped = { ...emptyOutcome(), skipped: ["workerd: it does not start"] };
    const runs = [
      { runtime: node, version: "v22.1.0", outcome: facts, facts, tests: { ...facts, failed: [] } },
      { runtime: workerd, outcome: skipped },
    ];

    const table = formatRuns(runs, { date: "2026-11-28", commit: "abc1234" });

    expect(table).toContain("| Node 22.1.0 | 2026-11-28 | abc1234 | 68 hold, 1 do not | 68 hold |");
    expect(table).toContain(
      "| workerd | 2026-11-28 | abc1234 | skipped: workerd: it does not start | not run |",
    );
  });
});
