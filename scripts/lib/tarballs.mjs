/**
 * Packs packages as they would be published, and installs them as a stranger would.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { captureCommand } from "./commands.mjs";

/** @typedef {import("./workspace.mjs").WorkspacePackage} WorkspacePackage */

/**
 * Packs one package.
 *
 * @param {WorkspacePackage} member
 * @param {string} destination
 * @returns {Promise<string>} Path of the tarball.
 * @throws {Error} when pnpm refuses
 */
export async function packPackage(member, destination) {
  const command = ["pnpm", "pack", "--json", "--pack-destination", destination];
  const { exitCode, stdout, output } = await captureCommand(command, { cwd: member.path });
  if (exitCode !== 0) throw new Error(`${member.name} cannot be packed:\n${output}`);
  return JSON.parse(stdout).filename;
}

/**
 * Installs tarballs and packages with npm into a new project.
 *
 * @param {string} folder
 * @param {readonly string[]} specifiers
 * @param {Record<string, string>} [env] Variables added to the environment.
 * @returns {Promise<string>} What npm printed.
 * @throws {Error} when npm refuses
 */
export async function installInNewProject(folder, specifiers, env = {}) {
  mkdirSync(folder, { recursive: true });
  const manifest = { name: "consumer", private: true, type: "module" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const options = ["--no-audit", "--no-fund", "--prefer-offline"];
  const { exitCode, output } = await captureCommand(["npm", "install", ...options, ...specifiers], {
    cwd: folder,
    env,
  });
  if (exitCode !== 0) throw new Error(`npm install in ${folder} failed:\n${output}`);
  return output;
}

/**
 * Lists what users may import from a package, such as `@credicorp/oauth-core/jwt`.
 *
 * @param {WorkspacePackage} member
 * @returns {string[]}
 */
export function entryPoints({ name, manifest }) {
  return Object.keys(manifest["publishConfig"].exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => name + path.slice(1));
}
