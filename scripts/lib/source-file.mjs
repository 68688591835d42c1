/**
 * Reads a TypeScript or JavaScript file: what it imports, and which impure things it names.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { parseSync } from "oxc-parser";
import { impureMembers, impureNames } from "./boundary-table.mjs";

/**
 * @typedef {object} Finding
 * @property {string} text The specifier of an import, or the impure expression.
 * @property {number} line
 */

/**
 * @typedef {object} SourceFile
 * @property {string} path Absolute path.
 * @property {number} lineCount
 * @property {Finding[]} imports Static, dynamic, type-only and re-exporting imports.
 * @property {Finding[]} impurities
 */

/**
 * Parses one file.
 *
 * @param {string} path
 * @returns {SourceFile}
 * @throws {Error} when the file has a syntax error
 */
export function readSourceFile(path) {
  const text = readFileSync(path, "utf8");
  const { program, errors, module } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);

  /** @type {Finding[]} */
  const imports = [];
  /** @type {Finding[]} */
  const impurities = [];
  /** @param {number} offset */
  const lineAt = (offset) => text.slice(0, offset).split("\n").length;

  walk(program, undefined, (node, parent) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push({ text: specifier, line: lineAt(node.start) });
    const impurity = impurityOf(node, parent);
    if (impurity !== undefined) impurities.push({ text: impurity, line: lineAt(node.start) });
  });
  for (const { start } of module.importMetas) {
    impurities.push({ text: "import.meta", line: lineAt(start) });
  }
  return { path, lineCount: text.split("\n").length - 1, imports, impurities };
}

/**
 * @param {any} node
 * @param {any} parent
 * @param {(node: any, parent: any) => void} visit
 */
function walk(node, parent, visit) {
  if (Array.isArray(node)) {
    for (const child of node) walk(child, parent, visit);
  } else if (typeof node === "object" && node !== null && typeof node.type === "string") {
    visit(node, parent);
    for (const child of Object.values(node)) walk(child, node, visit);
  }
}

/**
 * @param {any} node
 * @returns {string | undefined}
 */
function specifierOf(node) {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
    case "TSImportType":
      return node.source?.value;
    case "ImportExpression":
      // A computed specifier is judged as a name that no table holds.
      return typeof node.source.value === "string" ? node.source.value : "(computed)";
    case "TSExternalModuleReference":
      return node.expression.value;
    case "CallExpression":
      return node.callee.name === "require" ? String(node.arguments[0]?.value) : undefined;
    default:
      return undefined;
  }
}

/**
 * @param {any} node
 * @param {any} parent
 * @returns {string | undefined}
 */
function impurityOf(node, parent) {
  if (node.type === "Identifier" && impureNames.has(node.name)) {
    return isMemberName(node, parent) ? undefined : node.name;
  }
  if (node.type === "MemberExpression" && node.object.type === "Identifier") {
    const member = node.computed ? node.property.value : node.property.name;
    const name = `${node.object.name}.${member}`;
    return impureMembers.has(name) ? name : undefined;
  }
  if (node.type === "NewExpression" && node.callee.name === "Date" && node.arguments.length === 0) {
    return "new Date()";
  }
  if (node.type === "CallExpression" && node.callee.name === "Date") return "Date()";
  return undefined;
}

/**
 * Tells whether an identifier is the name of a member, as in `port.fetch`, and not a variable.
 *
 * @param {any} node
 * @param {any} parent
 */
function isMemberName(node, parent) {
  if (parent === undefined || parent.computed === true) return false;
  if (parent.type === "MemberExpression") return parent.property === node;
  return parent.key === node && parent.shorthand !== true;
}
