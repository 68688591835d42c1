import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { nodeVersions, runtimes } from "../lib/runtimes.mjs";
import { readJsonFile, workspaceRoot } from "../lib/workspace.mjs";

const folder = join(workspaceRoot, ".github/workflows");
const { scripts, engines } = readJsonFile(join(workspaceRoot, "package.json"));

/** @typedef {{ run?: string, uses?: string, with?: Record<string, string> }} Step */

const workflows = readdirSync(folder).map((name) => {
  const document = parseDocument(readFileSync(join(folder, name), "utf8"), { uniqueKeys: true });
  /** @type {{ jobs: Record<string, { steps: Step[], strategy?: { matrix: { node?: string[] } } }> }} */
  const content = document.toJS();
  const jobs = Object.values(content.jobs);
  return { name, problems: [...document.errors, ...document.warnings], jobs };
});
const steps = workflows.flatMap(({ jobs }) => jobs.flatMap((job) => job.steps));

/**
 * Tells whether something answers to a command of a workflow: a file, a script of the root, or pnpm itself.
 *
 * @param {string} command
 */
function isThere(command) {
  const [program = "", ...words] = command.split(" ");
  if (program.startsWith(".")) return existsSync(join(workspaceRoot, program));
  if (command === "pnpm install --frozen-lockfile") return true;
  const script = words[0] === "run" ? words[1] : words[0];
  return ["npm", "pnpm"].includes(program) && script !== undefined && script in scripts;
}

describe("workflows", () => {
  it.each(workflows)("$name is YAML without a doubt", ({ problems }) => {
    expect(problems).toEqual([]);
  });

  it("run commands that are there", () => {
    const commands = steps.flatMap(({ run, with: inputs }) =>
      [run, inputs?.["version"], inputs?.["publish"]].filter((command) => command !== undefined),
    );

    expect(commands).toContain(".ci/run");
    expect(commands.filter((command) => !isThere(command))).toEqual([]);
  });

  it("test each Node that the packages are told about, and the first one that they allow", () => {
    const matrices = workflows.flatMap(({ jobs }) =>
      jobs.flatMap((job) => job.strategy?.matrix.node ?? []),
    );

    expect(matrices).toEqual(nodeVersions);
    expect(`>=${nodeVersions[0]}`).toBe(`${engines.node}.0`);
  });

  it("run on no Node that is not in that list", () => {
    const versions = steps.flatMap(({ with: inputs }) => inputs?.["node-version"] ?? []);

    const known = [...nodeVersions, "${{ matrix.node }}"];
    expect(versions.filter((version) => !known.includes(version))).toEqual([]);
  });
});

describe("docs/runtimes.md", () => {
  it("tells of each runtime of the matrix", () => {
    const text = readFileSync(join(workspaceRoot, "docs/runtimes.md"), "utf8").toLowerCase();

    const missing = runtimes.filter(({ kind }) => !text.includes(`| ${kind} `));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});
