/**
 * Where the workspace is and which packages it has.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} WorkspacePackage
 * @property {string} name Name in its manifest, such as `@credicorp/oauth-core`.
 * @property {string} folder Path from the root with forward slashes, such as `packages/oauth-core`.
 * @property {string} path Absolute path of the folder.
 * @property {Record<string, any>} manifest Its parsed `package.json`.
 */

/** Absolute path of the folder that holds `pnpm-workspace.yaml`. */
export const workspaceRoot = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Reads one JSON file.
 *
 * @param {string} path
 * @returns {any}
 */
export function readJsonFile(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/**
 * Lists the packages and apps of a workspace, in the order of their folders.
 *
 * @param {string} root
 * @returns {WorkspacePackage[]}
 */
export function listWorkspacePackages(root = workspaceRoot) {
  return ["packages", "apps"].flatMap((parent) => {
    if (!existsSync(join(root, parent))) return [];
    return readdirSync(join(root, parent))
      .toSorted()
      .map((name) => ({ folder: `${parent}/${name}`, path: join(root, parent, name) }))
      .filter(({ path }) => existsSync(join(path, "package.json")))
      .map(({ folder, path }) => {
        const manifest = readJsonFile(join(path, "package.json"));
        return { name: manifest.name, folder, path, manifest };
      });
  });
}

/** Lists the packages that are published. */
export function listPublishedPackages() {
  return listWorkspacePackages().filter(({ manifest }) => manifest.private !== true);
}

/**
 * Lists a package and the workspace packages that it needs, directly or not.
 *
 * @param {WorkspacePackage} member
 * @param {readonly ("dependencies" | "devDependencies")[]} fields The fields that count.
 * @returns {WorkspacePackage[]}
 */
export function workspaceClosure(member, fields) {
  const members = listWorkspacePackages();
  const closure = new Map([[member.name, member]]);
  // A map visits what is added to it while it is being walked.
  for (const { manifest } of closure.values()) {
    for (const name of fields.flatMap((field) => Object.keys(manifest[field] ?? {}))) {
      const dependency = members.find((candidate) => candidate.name === name);
      if (dependency !== undefined) closure.set(name, dependency);
    }
  }
  return [...closure.values()];
}
