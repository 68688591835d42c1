/**
 * Has a runtime tell the stories of `apps/end-to-end` over packed packages.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { captureCommand } from "./commands.mjs";
import { tellInWorkerd } from "./workerd-story.mjs";

/**
 * @typedef {object} StoryResult
 * @property {number} facts How many facts were stated.
 * @property {string[]} failed A line for each that does not hold, and for what went wrong beside them.
 */

const storyTimeoutMs = 3 * 60_000;
// Of Node 20, for the engine of other platforms, which the story takes by name.
const expectedWarning = /The Ed25519 Web Crypto API algorithm is an experimental feature/;
const stories = "node_modules/@credicorp/end-to-end/dist";

/**
 * Tells all stories that the runtime can tell.
 *
 * @param {import("./runtimes.mjs").Runtime} runtime
 * @param {string} program The runtime's executable.
 * @param {string} project The folder where the packed packages are installed.
 * @returns {Promise<StoryResult>}
 */
export async function tellStories(runtime, program, project) {
  const sandbox = await startSandbox(project);
  try {
    if (runtime.kind === "workerd") return await tellInWorkerd(program, project, sandbox.startLine);
    const results = [
      await tell(
        [...commandOf(runtime, program), `${stories}/runtimes/program.js`, sandbox.url],
        project,
      ),
      await tell([...commandOf(runtime, program), `${stories}/demo.js`], project),
    ];
    return {
      facts: results.reduce((sum, { facts }) => sum + facts, 0),
      failed: results.flatMap(({ failed }) => failed),
    };
  } finally {
    await sandbox.stop();
  }
}

/**
 * @param {import("./runtimes.mjs").Runtime} runtime
 * @param {string} program
 */
function commandOf({ kind }, program) {
  if (kind === "deno") return [program, "run", "--allow-all", "--quiet"];
  return kind === "node" ? [program, "--trace-warnings"] : [program];
}

/**
 * Runs one program, and reads the facts that it prints, a line each.
 *
 * @param {readonly string[]} command
 * @param {string} project
 * @returns {Promise<StoryResult>}
 */
async function tell(command, project) {
  const env = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  const options = { cwd: project, env, timeoutMs: storyTimeoutMs };
  const { exitCode, output } = await captureCommand(command, options);
  const lines = output.split("\n").map((line) => line.trim());
  const failed = lines.filter((line) => line.startsWith("✗ "));
  const warnings = lines.filter(
    (line) => /\b\w*Warning: /.test(line) && !expectedWarning.test(line),
  );
  const facts = lines.filter((line) => line.startsWith("✓ ")).length + failed.length;
  if (facts === 0 || (exitCode !== 0 && failed.length === 0)) {
    failed.push(`${command.at(-1)} ended with ${exitCode}: ${lines.filter(Boolean).at(-1)}`);
  }
  return { facts, failed: [...failed, ...warnings] };
}

/**
 * Starts the packed sandbox with the Node that runs this, for the clients of other runtimes.
 *
 * @param {string} project
 */
async function startSandbox(project) {
  const file = join(project, "node_modules/.bin/oauth-mock-server");
  const child = spawn(process.execPath, [file, "--port", "0", "--quiet"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "exit").then(([code]) => {
      throw new Error(`the sandbox ended with ${code}`);
    }),
  ]);
  const startLine = JSON.parse(line);
  return {
    startLine,
    url: startLine.url,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
