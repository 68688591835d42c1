/**
 * The rules about what a file may import and name, as functions of one parsed file.
 *
 * @module
 */
import { builtinModules } from "node:module";
import { dirname, relative, resolve, sep } from "node:path";
import { maxSourceLines } from "./boundary-table.mjs";

/** @typedef {import("./boundary-table.mjs").Boundary} Boundary */
/** @typedef {import("./source-file.mjs").SourceFile} SourceFile */

/**
 * @typedef {object} Violation
 * @property {string} path
 * @property {number} line
 * @property {string} message
 */

/**
 * Judges a file of a package's `src`.
 *
 * @param {SourceFile} file
 * @param {{ packagePath: string, packageName: string, boundary: Boundary }} context
 * @returns {Violation[]}
 */
export function judgeSourceFile(file, context) {
  const { packagePath, boundary } = context;
  const sourcePath = resolve(packagePath, "src");
  const violations = file.imports.flatMap(({ text, line }) => {
    const message = text.startsWith(".")
      ? judgeRelativeImport(file.path, text, { sourcePath, boundary })
      : judgePackageImport(text, context);
    return message === undefined ? [] : [{ path: file.path, line, message }];
  });
  if (boundary.pure) {
    for (const { text, line } of file.impurities) {
      violations.push({ path: file.path, line, message: `a pure package may not name ${text}` });
    }
  }
  if (file.lineCount > maxSourceLines) {
    const message = `has ${file.lineCount} lines, ${maxSourceLines} are allowed`;
    violations.push({ path: file.path, line: file.lineCount, message });
  }
  return violations;
}

/**
 * Judges a file of a package's `test`: it may import what it likes, but through the front door.
 *
 * @param {SourceFile} file
 * @param {{ packagePath: string }} context
 * @returns {Violation[]}
 */
export function judgeTestFile(file, { packagePath }) {
  return file.imports
    .filter(({ text }) => text.startsWith(".") && !isInside(packagePath, target(file.path, text)))
    .map(({ text, line }) => ({ path: file.path, line, message: crossing(text) }));
}

/**
 * @param {string} from
 * @param {string} specifier
 */
function target(from, specifier) {
  return resolve(dirname(from), specifier);
}

/**
 * @param {string} folder
 * @param {string} path
 */
function isInside(folder, path) {
  return path.startsWith(folder + sep);
}

/** @param {string} specifier */
function crossing(specifier) {
  return `${specifier} leaves the folder: import another package by its name`;
}

/**
 * @param {string} from
 * @param {string} specifier
 * @param {{ sourcePath: string, boundary: Boundary }} context
 * @returns {string | undefined}
 */
function judgeRelativeImport(from, specifier, { sourcePath, boundary }) {
  const path = target(from, specifier);
  if (!isInside(sourcePath, path)) return crossing(specifier);
  if (boundary.folders === undefined) return undefined;
  const fromFolder = folderOf(sourcePath, from);
  const toFolder = folderOf(sourcePath, path);
  if (fromFolder === toFolder || boundary.folders[fromFolder]?.includes(toFolder)) return undefined;
  return `src/${fromFolder} may not import src/${toFolder}`;
}

/**
 * @param {string} sourcePath
 * @param {string} path
 */
function folderOf(sourcePath, path) {
  const [first = "", second] = relative(sourcePath, path).split(sep);
  return second === undefined ? "." : first;
}

/**
 * @param {string} specifier
 * @param {{ packageName: string, boundary: Boundary }} context
 * @returns {string | undefined}
 */
function judgePackageImport(specifier, { packageName, boundary }) {
  if (specifier.startsWith("node:")) {
    return boundary.node ? undefined : `${packageName} may not import ${specifier}`;
  }
  if (builtinModules.includes(specifier)) return `write node:${specifier}`;
  const parts = specifier.split("/");
  const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
  if (name === packageName) return `${packageName} imports its own files by relative path`;
  const allowed = [...boundary.workspace, ...boundary.npm];
  return allowed.includes(name ?? "") ? undefined : `${packageName} may not import ${specifier}`;
}
