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

let isCut = false;
stdout.on("error", (error: NodeJS.ErrnoException) => {
  isCut = true;
  stop.abort();
  stderr.write(`oauth-mock-server: standard output cannot be written to (${error.code})\n`);
});
// Nobody reads what it says beside its work, and it goes on without.
stderr.on("error", () => undefined);

const exitCode = await runCommandLine(process.argv.slice(2), {
  write: (text) => stdout.write(text),
  writeError: (text) => stderr.write(text),
  isInteractive: stdout.isTTY,
  environment: process.env,
  stopSignal: stop.signal,
  onReload: (listener) => void reloadListeners.push(listener),
});
process.exitCode = isCut ? 1 : exitCode;
