/**
 * Applies the boundary rules to every file of a workspace.
 *
 * @module
 */
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { judgeSourceFile, judgeTestFile } from "./boundary-rules.mjs";
import { boundaryTable } from "./boundary-table.mjs";
import { findImportCycles } from "./import-cycles.mjs";
import { readSourceFile } from "./source-file.mjs";
import { listWorkspacePackages } from "./workspace.mjs";

/** @typedef {import("./workspace.mjs").WorkspacePackage} WorkspacePackage */

/**
 * Lists every violation, as `path:line message`, with paths relative to `root`.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function findBoundaryViolations(root) {
  return listWorkspacePackages(root).flatMap((member) => judgePackage(member, root));
}

/**
 * @param {WorkspacePackage} member
 * @param {string} root
 * @returns {string[]}
 */
function judgePackage(member, root) {
  const boundary = boundaryTable[member.folder];
  if (boundary === undefined) return [`${member.folder} is missing in boundary-table.mjs`];
  const context = { packagePath: member.path, packageName: member.name, boundary };
  const sources = readFolder(join(member.path, "src"));
  const tests = readFolder(join(member.path, "test"));

  const violations = [
    ...sources.flatMap((file) => judgeSourceFile(file, context)),
    ...tests.flatMap((file) => judgeTestFile(file, context)),
  ].map(({ path, line, message }) => `${relative(root, path)}:${line} ${message}`);

  const cycles = findImportCycles(sources).map((cycle) => {
    const [first = "", ...rest] = cycle.map((path) => relative(member.path, path));
    return `${member.folder}/${first}:1 is in an import cycle: ${[first, ...rest].join(" → ")}`;
  });

  const allowed = [...boundary.workspace, ...boundary.npm];
  const dependencies = Object.keys(member.manifest["dependencies"] ?? {})
    .filter((name) => !allowed.includes(name))
    .map((name) => `${member.folder}/package.json:1 may not depend on ${name}`);

  return [...violations, ...cycles, ...dependencies];
}

/** @param {string} folder */
function readFolder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => readSourceFile(join(entry.parentPath, entry.name)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
