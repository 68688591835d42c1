import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { createWorkspaceFixture, titlesOfAllDue } from "../workspace-fixture.ts";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

function run(...options: readonly string[]) {
  return spawnSync(process.execPath, [main, ...options], { encoding: "utf8" });
}

describe("main", () => {
  it("writes the documents, and exits 0 when they are fresh", () => {
    const { root, read } = createWorkspaceFixture();

    const written = run("--root", root);
    const checked = run("--root", root, "--check");

    expect([written.status, checked.status]).toEqual([0, 0]);
    expect(written.stdout).toBe("conformance: Wrote docs/conformance.md, docs/requirements.md\n");
    expect(checked.stdout).toBe("conformance: 2 documents, 0 failures\n");
    expect(read("docs/conformance.md")).toContain("## Token endpoint\n");
  });

  it("exits 1 and says what is wrong when a document is stale", () => {
    const { root, report } = createWorkspaceFixture();
    run("--root", root);
    report([...titlesOfAllDue, "CLI-01 is new"]);

    const { status, stderr } = run("--root", root, "--check");

    expect(status).toBe(1);
    expect(stderr).toContain("docs/conformance.md is stale: run `npm run conformance`");
  });

  it("exits 1 when a requirement that is due has no test, also when it writes", () => {
    const { root } = createWorkspaceFixture(titlesOfAllDue.slice(1));

    const { status, stderr } = run("--root", root);

    expect(status).toBe(1);
    expect(stderr).toContain("HTTP-01 is due and has no test");
  });

  it("exits 2 for an unknown option", () => {
    const { status, stderr } = run("--chekc");

    expect(status).toBe(2);
    expect(stderr).toContain("--chekc");
  });
});
