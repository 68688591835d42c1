/**
 * Runs other programs: with their output shown, or with it captured.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { workspaceRoot } from "./workspace.mjs";

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd] Working directory; the workspace root by default.
 * @property {Record<string, string>} [env] Variables added to the environment.
 * @property {number} [timeoutMs] The command is killed, and so fails, when it takes longer.
 */

/**
 * Runs a command with its output shown as it comes.
 *
 * @param {readonly string[]} command
 * @param {CommandOptions} [options]
 * @returns {Promise<number>} Its exit code; 1 when it could not be started or was killed.
 */
export async function runCommand(command, options = {}) {
  return (await start(command, options, "inherit")).exitCode;
}

/**
 * Runs a command and keeps what it prints.
 *
 * @param {readonly string[]} command
 * @param {CommandOptions} [options]
 * @returns {Promise<{ exitCode: number, stdout: string, output: string }>} `output` is stdout and
 *   stderr in the order in which they came.
 */
export function captureCommand(command, options = {}) {
  return start(command, options, "pipe");
}

/**
 * @param {readonly string[]} command
 * @param {CommandOptions} options
 * @param {"inherit" | "pipe"} stdio
 * @returns {Promise<{ exitCode: number, stdout: string, output: string }>}
 */
function start(command, options, stdio) {
  const [program = "", ...parameters] = command;
  const { cwd = workspaceRoot, env = {}, timeoutMs = 0 } = options;
  return new Promise((resolve) => {
    let stdout = "";
    let output = "";
    const child = spawn(program, parameters, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["inherit", stdio, stdio],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.once("error", (error) => {
      const message = `${program} could not be started: ${error.message}\n`;
      if (stdio === "inherit") process.stderr.write(message);
      resolve({ exitCode: 1, stdout, output: output + message });
    });
    child.once("close", (code) => resolve({ exitCode: code ?? 1, stdout, output }));
  });
}
