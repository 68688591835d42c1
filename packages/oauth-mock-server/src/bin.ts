/**
 * The command `oauth-mock-server`.
 *
 * @module
 */

import { constants } from "node:os";

import { runCommandLine } from "./command/command-line.ts";

const { stdout, stderr } = process;
const stop = new AbortController();
const reloadListeners: (() => void)[] = [];

for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    // The first process of a container is not ended by a signal that it does not act on itself.
    if (stop.signal.aborted) process.exit(128 + constants.signals[name]);
    stop.abort();
  });
}
// A terminal that is closed says so with the signal that asks a service to read its files again.
process.on("SIGHUP", () => {
  if (stdout.isTTY) stop.abort();
  else for (const listener of reloadListeners) listener();
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  write: (text) => stdout.write(text),
  writeError: (text) => stderr.write(text),
  isInteractive: stdout.isTTY,
  environment: process.env,
  stopSignal: stop.signal,
  onReload: (listener) => void reloadListeners.push(listener),
});
