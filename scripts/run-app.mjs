/**
 * Prepares an app and runs one of its programs: `run-app.mjs end-to-end demo` runs
 * `apps/end-to-end/dist/demo.js`. Further arguments go to the program, and its exit code comes back.
 *
 * @module
 */
import { join } from "node:path";
import { prepareApp } from "./lib/app-setup.mjs";
import { runProgram } from "./lib/foreground.mjs";
import { workspaceRoot } from "./lib/workspace.mjs";

const [app = "", program = "", ...parameters] = process.argv.slice(2);

if (await prepareApp(app)) {
  const file = join(workspaceRoot, "apps", app, "dist", `${program}.js`);
  process.exitCode = await runProgram([process.execPath, file, ...parameters]);
} else {
  process.exitCode = 1;
}
