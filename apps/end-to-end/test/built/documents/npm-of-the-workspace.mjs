/**
 * Stands in for npm where a document installs: lays the packages of this workspace out as npm would, links those that it has
 * from npm, and knows no others. All other commands are npm's own.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const workspace = fileURLToPath(new URL("../../../../../", import.meta.url));
const modules = join(process.cwd(), "node_modules");
const [command, ...parameters] = process.argv.slice(2);

if (command === "install") install(parameters);
else if (command === "ci") demand(existsSync(modules), "npm ci: nothing was installed");
else {
  const { status } = spawnSync(process.env.REAL_NPM, process.argv.slice(2), { stdio: "inherit" });
  process.exitCode = status ?? 1;
}

/** @param {readonly string[]} words */
function install(words) {
  const kind = words.includes("--save-dev") ? "devDependencies" : "dependencies";
  const file = join(process.cwd(), "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  for (const name of words.filter((word) => !word.startsWith("-"))) {
    const { version } = add(name, [
      join(workspace, "node_modules"),
      join(workspace, "apps/end-to-end/node_modules"),
    ]);
    manifest[kind] = { ...manifest[kind], [name]: version };
  }
  writeFileSync(file, JSON.stringify(manifest));
}

/**
 * Adds a package with what it depends on.
 *
 * @param {string} name
 * @param {readonly string[]} places Where a package from npm may be.
 */
function add(name, places) {
  const own = join(workspace, "packages", name.replace("@credicorp/", ""));
  const isOwn = name.startsWith("@credicorp/") && existsSync(own);
  const found = places.map((place) => join(place, name)).find((path) => existsSync(path));
  demand(isOwn || found !== undefined, `npm install: this workspace has no ${name}`);
  const folder = isOwn ? own : realpathSync(found);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const target = join(modules, name);
  if (existsSync(target)) return manifest;
  mkdirSync(dirname(target), { recursive: true });
  if (isOwn) {
    // A link would lead tools out of node_modules, where they treat packages as sources.
    for (const part of ["package.json", "dist", "bin"]) {
      if (existsSync(join(own, part))) {
        cpSync(join(own, part), join(target, part), { recursive: true });
      }
    }
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      add(dependency, [join(own, "node_modules")]);
    }
  } else symlinkSync(folder, target);
  addCommands(name, manifest, target);
  return manifest;
}

/** @param {string} name @param {{ bin?: string | Record<string, string> }} manifest @param {string} target */
function addCommands(name, { bin = {} }, target) {
  const commands = typeof bin === "string" ? { [name.split("/").at(-1)]: bin } : bin;
  for (const [key, path] of Object.entries(commands)) {
    mkdirSync(join(modules, ".bin"), { recursive: true });
    const link = join(modules, ".bin", key);
    if (!existsSync(link)) symlinkSync(join(target, path), link);
  }
}

/** @param {boolean} isSo @param {string} message */
function demand(isSo, message) {
  if (isSo) return;
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
