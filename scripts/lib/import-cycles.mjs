/**
 * Finds files of one package that import each other in a circle.
 *
 * @module
 */
import { dirname, resolve } from "node:path";

/** @typedef {import("./source-file.mjs").SourceFile} SourceFile */

/**
 * Returns one path per cycle, with the first file repeated at the end.
 *
 * Imports of types count: a circle of types is a circle of ideas as well.
 *
 * @param {readonly SourceFile[]} files
 * @returns {string[][]}
 */
export function findImportCycles(files) {
  const edges = new Map(files.map((file) => [file.path, importedPaths(file)]));
  /** @type {Set<string>} */
  const finished = new Set();
  /** @type {string[]} */
  const trail = [];
  /** @type {string[][]} */
  const cycles = [];

  /** @param {string} path */
  function visit(path) {
    const start = trail.indexOf(path);
    if (start !== -1) {
      cycles.push([...trail.slice(start), path]);
      return;
    }
    if (finished.has(path)) return;
    trail.push(path);
    for (const next of edges.get(path) ?? []) visit(next);
    trail.pop();
    finished.add(path);
  }

  for (const path of edges.keys()) visit(path);
  return cycles;
}

/** @param {SourceFile} file */
function importedPaths(file) {
  return file.imports
    .filter(({ text }) => text.startsWith("."))
    .map(({ text }) => resolve(dirname(file.path), text));
}
