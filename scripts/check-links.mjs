/**
 * Checks the links of every README, of the pages of `docs` (except the generated `docs/api`) and of
 * the other documents in the root: a file that they name exists and has the anchor, and the root
 * README leads to every page of `docs`.
 *
 * What is elsewhere is not asked: a check must not depend on the network.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { findAnchors, findLinks } from "./lib/markdown-links.mjs";
import { listWorkspacePackages, workspaceRoot } from "./lib/workspace.mjs";

// Packages are read on npm too, so their documents may name this repository in full.
const repository = "https://github.com/credicorp/partner-oauth/blob/main/";
const rootReadme = join(workspaceRoot, "README.md");

/** @type {Set<string>} */
const linkedFromRoot = new Set();
/** @type {string[]} */
const problems = [];
let count = 0;

const pages = markdownOf(join(workspaceRoot, "docs"));
const readmes = listWorkspacePackages().map(({ path }) => join(path, "README.md"));
for (const document of [...markdownOf(workspaceRoot), ...pages, ...readmes.filter(existsSync)]) {
  for (const { line, target } of findLinks(readFileSync(document, "utf8"))) {
    const problem = judge(document, target);
    if (problem !== undefined) {
      problems.push(`${relative(workspaceRoot, document)}:${line} ${target} ${problem}`);
    }
  }
}
for (const page of pages.filter((path) => !linkedFromRoot.has(path))) {
  problems.push(`README.md:1 has no link to ${relative(workspaceRoot, page)}`);
}

for (const problem of problems) console.error(problem);
console.log(`Links: ${count} into this repository, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** @param {string} folder */
function markdownOf(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
}

/**
 * @param {string} document
 * @param {string} target
 * @returns {string | undefined} What is wrong with the link.
 */
function judge(document, target) {
  const isOurs = target.startsWith(repository);
  if (!isOurs && /^[a-z]+:/.test(target)) return undefined;
  count += 1;
  const [path = "", anchor] = (isOurs ? target.slice(repository.length) : target).split("#");
  const file = path === "" ? document : join(isOurs ? workspaceRoot : dirname(document), path);
  if (!existsSync(file)) return "leads to nothing";
  if (document === rootReadme) linkedFromRoot.add(file);
  if (anchor === undefined) return undefined;
  if (!statSync(file).isFile()) return "names a section of a folder";
  return findAnchors(readFileSync(file, "utf8")).has(anchor) ? undefined : "names no section";
}
