/**
 * Runs a program in the foreground until it ends by itself or a signal ends it.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { workspaceRoot } from "./workspace.mjs";

/**
 * Hands SIGINT and SIGTERM on and waits for the program's own, graceful end.
 *
 * A terminal sends Ctrl-C to the whole process group, so the program has it already; without a
 * terminal only this process gets it.
 *
 * @param {readonly string[]} command
 * @returns {Promise<number>} The program's exit code; 128 plus the signal that killed it.
 */
export function runProgram(command) {
  const [program = "", ...parameters] = command;
  const child = spawn(program, parameters, { cwd: workspaceRoot, stdio: "inherit" });
  process.on("SIGINT", () => {
    if (!process.stdin.isTTY) child.kill("SIGINT");
  });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  onParentExit(() => child.kill("SIGTERM"));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      resolve(1);
    });
    child.once("close", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/**
 * Calls `listener` when the parent process is gone. npm ends only the shell between the two when it
 * gets a SIGTERM, so this process would never hear of it.
 *
 * @param {() => void} listener
 */
function onParentExit(listener) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    listener();
  }, 250);
  // The program alone keeps this process alive.
  timer.unref();
}
