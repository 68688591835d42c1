/**
 * Type-checks the TypeScript snippets of every README and of `docs` (except the generated
 * `docs/api`), each in the context of its package: a package's own imports and dependencies resolve there as they do for its users.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { captureCommand } from "./lib/commands.mjs";
import { findTypeScriptSnippets } from "./lib/markdown-snippets.mjs";
import { listPublishedPackages, workspaceRoot } from "./lib/workspace.mjs";

/** @typedef {{ path: string, context: string, requireSnippet: boolean }} Document */

// The whole system is in reach of the end-to-end app, and the root README is about the whole.
const wholeSystem = join(workspaceRoot, "apps/end-to-end");
// Pages about frameworks and libraries that one package alone knows.
const contexts = new Map([
  ["resource-servers.md", join(workspaceRoot, "packages/oauth-verifier")],
  // Those that the benchmarks measure us against.
  ["migrating-clients.md", join(workspaceRoot, "apps/benchmarks")],
  ["migrating-verifiers.md", join(workspaceRoot, "apps/benchmarks")],
]);
const cache = ".reports/readme-snippets";
const documents = listDocuments();
const problems = documents
  .filter(({ path }) => !existsSync(path))
  .map(({ path }) => `${relative(workspaceRoot, path)}:1 is missing`);
const places = writeSnippets(documents.filter(({ path }) => existsSync(path)));
if (places.size > 0) problems.push(...(await compile()));

for (const problem of problems) console.error(problem);
console.log(`READMEs: ${places.size} snippets, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** @returns {Document[]} */
function listDocuments() {
  const readmes = listPublishedPackages().map(({ path }) => {
    return { path: join(path, "README.md"), context: path, requireSnippet: true };
  });
  const docs = join(workspaceRoot, "docs");
  const pages = existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: "utf8" }) : [];
  const others = pages
    .filter((page) => page.endsWith(".md") && !page.startsWith("api/"))
    .map((page) => {
      const context = contexts.get(page) ?? wholeSystem;
      return { path: join(docs, page), context, requireSnippet: false };
    });
  const root = join(workspaceRoot, "README.md");
  return [...readmes, { path: root, context: wholeSystem, requireSnippet: false }, ...others];
}

/**
 * Writes each snippet to a file of its own, on the same line as in the document.
 *
 * @param {readonly Document[]} existing
 * @returns {Map<string, string>} The document of each written file, both relative to the root.
 */
function writeSnippets(existing) {
  /** @type {Map<string, string>} */
  const written = new Map();
  for (const context of new Set(existing.map((document) => document.context))) {
    rmSync(join(context, cache), { recursive: true, force: true });
    mkdirSync(join(context, cache), { recursive: true });
  }
  for (const { path, context, requireSnippet } of existing) {
    const name = relative(workspaceRoot, path);
    const snippets = findTypeScriptSnippets(readFileSync(path, "utf8"));
    if (requireSnippet && snippets.length === 0) problems.push(`${name}:1 has no snippet`);
    for (const { line, text, unchecked } of snippets) {
      if (unchecked === "") problems.push(`${name}:${line} is marked no-check without a reason`);
      if (unchecked !== undefined) continue;
      const file = join(context, cache, `${name.replaceAll(/[^\w]+/g, "-")}-${line}.ts`);
      writeFileSync(file, "\n".repeat(line) + text);
      written.set(relative(workspaceRoot, file), name);
    }
  }
  return written;
}

/** @returns {Promise<string[]>} The compiler's errors, with the lines of the documents. */
async function compile() {
  const folder = join(workspaceRoot, cache);
  mkdirSync(folder, { recursive: true });
  const configuration = {
    extends: "../../tsconfig.base.json",
    compilerOptions: {
      types: ["node"],
      rootDir: "../..",
      noEmit: true,
      composite: false,
      declaration: false,
      declarationMap: false,
      isolatedDeclarations: false,
      // A snippet may end with the value that it is about.
      noUnusedLocals: false,
    },
    files: [...places.keys()].map((file) => join(workspaceRoot, file)),
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
  const tsc = join(workspaceRoot, "node_modules/.bin/tsc");
  const { exitCode, output } = await captureCommand([tsc, "-p", folder, "--pretty", "false"]);
  if (exitCode === 0) return [];
  return output
    .trim()
    .split("\n")
    .map((line) => line.replace(/^[^(]+/, (file) => places.get(file) ?? file));
}
