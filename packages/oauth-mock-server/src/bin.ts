/**
 * The command `oauth-mock-server`.
 *
 * @module
 */

import { runCommandLine } from "./command/command-line.ts";

const stop = new AbortController();
// Once: a second Ctrl-C ends the process at once, as people expect.
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());

process.exitCode = await runCommandLine(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  isInteractive: process.stdout.isTTY,
  stopSignal: stop.signal,
});
