/**
 * The runtimes that the packages are said to run on, and how to get each from npm.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { captureCommand } from "./commands.mjs";

/**
 * @typedef {object} Runtime
 * @property {string} name Such as `node-22`.
 * @property {"node" | "bun" | "deno" | "workerd"} kind
 * @property {readonly string[]} packages What npm installs to have it.
 * @property {(folder: string) => string} locate Finds the program in the folder of the installation.
 */

/** The first version of Node that `engines` allows, then the newest of each release line that is maintained. */
export const nodeVersions = ["20.19.0", "22", "24", "26"];

/** @type {readonly Runtime[]} */
export const runtimes = [
  ...nodeVersions.map((version) => nodeRuntime(version)),
  { name: "bun", kind: "bun", packages: ["bun"], locate: binary("bun") },
  { name: "deno", kind: "deno", packages: ["deno"], locate: binary("deno") },
  {
    name: "workerd",
    kind: "workerd",
    packages: ["workerd"],
    // Its `.bin` is a script that passes no further descriptors on.
    locate: (folder) => createRequire(join(folder, "package.json"))("workerd").default,
  },
];

/** @param {string} name */
function binary(name) {
  return (/** @type {string} */ folder) => join(folder, "node_modules/.bin", name);
}

/**
 * @param {string} version
 * @returns {Runtime}
 */
function nodeRuntime(version) {
  const system = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${system}-${process.arch}`;
  return {
    name: `node-${version}`,
    kind: "node",
    packages: [`${name}@${version}`],
    locate: (folder) => join(folder, "node_modules", name, "bin/node"),
  };
}

/**
 * Installs a runtime into a folder of its own, and tries it.
 *
 * @param {Runtime} runtime
 * @param {string} folder
 * @returns {Promise<{ program: string, version: string } | { reason: string }>} The program and what it calls its
 *   version, or why it cannot be had.
 */
export async function getRuntime({ packages, locate }, folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  const command = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", ...packages];
  const { exitCode, output } = await captureCommand(command, { cwd: folder });
  if (exitCode !== 0) return { reason: `npm does not install ${packages[0]}: ${lastLine(output)}` };
  return tryRuntime(locate(folder));
}

/**
 * Asks a program for its version.
 *
 * @param {string} program
 * @returns {Promise<{ program: string, version: string } | { reason: string }>}
 */
export async function tryRuntime(program) {
  if (!existsSync(program)) return { reason: `there is no ${program}` };
  const tried = await captureCommand([program, "--version"], { timeoutMs: 30_000 });
  if (tried.exitCode !== 0) return { reason: `it does not start: ${lastLine(tried.output)}` };
  return { program, version: tried.stdout.split("\n", 1)[0]?.trim() ?? "" };
}

/**
 * The environment in which a Node that is not ours is `node` for whatever a command starts.
 *
 * @param {string} program
 */
export function environmentOf(program) {
  return { PATH: `${dirname(program)}:${process.env["PATH"]}` };
}

/** @param {string} output */
function lastLine(output) {
  return output.trim().split("\n").at(-1) ?? "";
}
