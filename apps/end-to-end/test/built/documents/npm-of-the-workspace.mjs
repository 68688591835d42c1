/**
 * Stands in for npm where a document installs: links the packages that it names to those of this workspace, and knows no
 * others. All other commands are npm's own.
 */
import { spawnSync } from "node:child_process";
import {
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
else
  process.exitCode =
    spawnSync(process.env.REAL_NPM, process.argv.slice(2), { stdio: "inherit" }).status ?? 1;

/** @param {readonly string[]} words */
function install(words) {
  const kind = words.includes("--save-dev") ? "devDependencies" : "dependencies";
  const file = join(process.cwd(), "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  for (const name of words.filter((word) => !word.startsWith("-"))) {
    const folder = findPackage(name);
    const { bin = {}, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    link(folder, join(modules, name));
    const commands = typeof bin === "string" ? { [name.split("/").at(-1)]: bin } : bin;
    for (const [key, path] of Object.entries(commands)) {
      link(join(folder, path), join(modules, ".bin", key));
    }
    manifest[kind] = { ...manifest[kind], [name]: version };
  }
  writeFileSync(file, JSON.stringify(manifest));
}

/** @param {string} name */
function findPackage(name) {
  const places = [
    join(workspace, "packages", name.replace("@credicorp/", "")),
    join(workspace, "node_modules", name),
    join(workspace, "apps/end-to-end/node_modules", name),
  ];
  const place = places.find((one) => existsSync(join(one, "package.json")));
  demand(place !== undefined, `npm install: this workspace has no ${name}`);
  return realpathSync(place);
}

/** @param {string} target @param {string} path */
function link(target, path) {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) symlinkSync(target, path);
}

/** @param {boolean} isSo @param {string} message */
function demand(isSo, message) {
  if (isSo) return;
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
