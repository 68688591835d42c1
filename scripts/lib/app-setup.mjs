/**
 * Installs and builds one app of the workspace and nothing that it does not need.
 *
 * @module
 */
import { join } from "node:path";
import { runCommand } from "./commands.mjs";
import { withPnpm } from "./pnpm.mjs";
import { workspaceRoot } from "./workspace.mjs";

/**
 * Prepares `apps/<name>` on a machine that has only Node and npm.
 *
 * The filter leaves the tools of the workspace root out; the compiler is a dependency of the app.
 *
 * @param {string} name
 * @returns {Promise<boolean>} Whether the app can be started.
 */
export async function prepareApp(name) {
  const app = join(workspaceRoot, "apps", name);
  const installation = ["install", "--frozen-lockfile", "--filter", `@credicorp/${name}...`];
  return (
    (await step(`Install what ${name} needs`, withPnpm(["pnpm", ...installation]))) &&
    (await step(`Build ${name}`, [join(app, "node_modules/.bin/tsc"), "-b", app]))
  );
}

/**
 * @param {string} title
 * @param {readonly string[]} command
 */
async function step(title, command) {
  const startedAtMs = performance.now();
  console.log(`• ${title} …`);
  const exitCode = await runCommand(command);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  if (exitCode === 0) console.log(`✓ ${title} (${seconds} s)`);
  else console.error(`✗ ${title} failed with exit code ${exitCode} (${command.join(" ")})`);
  return exitCode === 0;
}
