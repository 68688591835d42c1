/**
 * Runs the published command once for each line of JSON on standard input, one after the other, and writes what came
 * of each. Its entry is evaluated anew each time, what it imports once: most of a start is saved.
 *
 * Ends by itself only if none of them has left anything open.
 *
 * @module
 */
import { text } from "node:stream/consumers";

const [command] = process.argv.splice(2);
const runs = JSON.parse(await text(process.stdin));
const { stdout, stderr } = process;
const write = stdout.write.bind(stdout);
const inherited = { ...process.env };

const ended = [];
for (const [index, { commandLine, environment, cwd }] of runs.entries()) {
  const said = { stdout: "", stderr: "" };
  stdout.write = (chunk) => (said.stdout += chunk) !== "";
  stderr.write = (chunk) => (said.stderr += chunk) !== "";
  process.argv.splice(2, process.argv.length, ...commandLine);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, inherited, environment);
  if (cwd !== undefined) process.chdir(cwd);
  process.exitCode = undefined;
  await import(`${command}?${index}`);
  ended.push({ code: process.exitCode, ...said });
  // Each has its own.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
  for (const stream of [stdout, stderr]) stream.removeAllListeners("error");
}
process.exitCode = 0;
write(JSON.stringify(ended));
