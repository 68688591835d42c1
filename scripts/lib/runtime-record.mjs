/**
 * The table of `docs/runtimes.md`: what was run, when, and what came of it.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./commands.mjs";
import { workspaceRoot } from "./workspace.mjs";

/** @typedef {import("./vitest-report.mjs").Outcome} Outcome */

/**
 * @typedef {object} Run
 * @property {import("./runtimes.mjs").Runtime} runtime
 * @property {Outcome} outcome All of it.
 * @property {string} [version] As the runtime tells it; absent when it was skipped.
 * @property {Outcome} [facts] Of the stories.
 * @property {Outcome | undefined} [tests] Of the source tests, when they were run.
 */

const page = join(workspaceRoot, "docs/runtimes.md");
const table = /(?<=<!-- written by npm run test:runtimes -->\n).*?(?=<!-- end -->)/s;

/**
 * Writes the runs into the page, in place of those before.
 *
 * @param {readonly Run[]} runs
 * @param {string} commit
 */
export async function recordRuns(runs, commit) {
  const date = new Date().toISOString().slice(0, 10);
  const text = readFileSync(page, "utf8");
  if (!table.test(text)) throw new Error("docs/runtimes.md has no place for the table");
  writeFileSync(
    page,
    text.replace(table, () => formatRuns(runs, { date, commit })),
  );
  await runCommand([join(workspaceRoot, "node_modules/.bin/oxfmt"), page]);
}

/**
 * @param {readonly Run[]} runs
 * @param {{ readonly date: string, readonly commit: string }} when
 * @returns {string}
 */
export function formatRuns(runs, { date, commit }) {
  const hasTests = runs.some(({ tests }) => tests !== undefined);
  const rows = runs.map(({ runtime, version, outcome, facts, tests }) => [
    version === undefined ? runtime.name : nameOf(runtime, version),
    date,
    commit,
    facts === undefined ? `skipped: ${outcome.skipped.join("; ")}` : told(facts),
    ...(hasTests ? [tests === undefined ? "not run" : told(tests)] : []),
  ]);
  const heading = ["Runtime", "Date", "Commit", "Facts", ...(hasTests ? ["Source tests"] : [])];
  const lines = [heading, heading.map(() => "---"), ...rows];
  return `\n${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n\n`;
}

/**
 * @param {import("./runtimes.mjs").Runtime} runtime
 * @param {string} version
 */
function nameOf({ kind }, version) {
  const name = kind === "workerd" ? kind : kind.replace(/^./, (letter) => letter.toUpperCase());
  return `${name} ${/\d[\w.-]*/.exec(version)?.[0] ?? version}`;
}

/** @param {Outcome} outcome */
function told({ passed, failed }) {
  return failed.length === 0 ? `${passed} hold` : `${passed} hold, ${failed.length} do not`;
}
