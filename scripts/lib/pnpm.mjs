/**
 * Brings the pnpm that `packageManager` names, so that nobody has to install one.
 *
 * @module
 */
import { join } from "node:path";
import { readJsonFile, workspaceRoot } from "./workspace.mjs";

/** The version in the `packageManager` field of the root manifest. */
function pnpmVersion() {
  const { packageManager } = readJsonFile(join(workspaceRoot, "package.json"));
  const version = /^pnpm@(\d+\.\d+\.\d+)/.exec(packageManager)?.[1];
  if (version === undefined) throw new Error("package.json: packageManager must name pnpm@x.y.z");
  return version;
}

/**
 * Completes a command so that it and its children find `pnpm` on their PATH.
 *
 * npx keeps the download in npm's cache: only the first call needs the network.
 *
 * @param {readonly string[]} command
 * @returns {string[]}
 */
export function withPnpm(command) {
  return ["npx", "--yes", `--package=pnpm@${pnpmVersion()}`, "--", ...command];
}
