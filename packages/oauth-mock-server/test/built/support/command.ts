import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { StartLine } from "@credicorp/oauth-mock-server";
import { onTestFinished } from "vitest";

/** The command as it is published. */
export const command = fileURLToPath(
  new URL("../../../dist/command/oauth-mock-server.js", import.meta.url),
);

const runEach = fileURLToPath(new URL("run-each.mjs", import.meta.url));

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly line: StartLine;

  /** What it has written to standard error so far. */
  readonly errors: () => string;

  /** Resolves to its exit code, or to the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts the command on a free port until the test ends, and resolves when it has printed its line. */
export function start(
  commandLine: readonly string[] = [],
  options: RunOptions = {},
): Promise<Running> {
  return launch(commandLine, { ...options, onSpawn: (kill) => onTestFinished(kill) });
}

/** The same for several tests: `onSpawn` is given what ends it. */
export async function launch(
  commandLine: readonly string[],
  { environment, cwd, onSpawn }: RunOptions & { readonly onSpawn: (kill: () => void) => void },
): Promise<Running> {
  const child = spawn(process.execPath, [command, ...commandLine], {
    env: { ...process.env, CREDICORP_SANDBOX_PORT: "0", ...environment },
    cwd,
  });
  onSpawn(() => void child.kill("SIGKILL"));
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString("utf8")));
  const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  const first = await Promise.race([once(child.stdout, "data"), ended]);
  if (!Array.isArray(first)) throw new Error(`it ended with ${first}: ${errors}`);
  const [chunk] = first as [Buffer];
  const line = JSON.parse(chunk.toString("utf8")) as StartLine;
  return { child, line, errors: () => errors, ended };
}

/** Runs the command to its end. */
export function runToEnd(
  commandLine: readonly string[],
  { environment, cwd }: RunOptions = {},
): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...commandLine], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
    cwd,
    timeout: 20_000,
  });
  return { code: status, stdout, stderr };
}

/** A command line that comes to its end by itself. */
export interface Run extends RunOptions {
  readonly commandLine: readonly string[];

  /** The folder that it runs in has these. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What came of a run. */
export type Ended = ReturnType<typeof runToEnd>;

/** Runs the command to its end for each of these, all in one process, which has to end by itself as well. */
export function runEachToEnd(runs: readonly Run[]): readonly Ended[] {
  const root = mkdtempSync(join(tmpdir(), "sandbox-commands-"));
  try {
    const placed = runs.map(({ files, ...run }, index) => {
      if (files === undefined) return { cwd: root, ...run };
      const cwd = join(root, String(index));
      mkdirSync(cwd);
      for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
      return { ...run, cwd };
    });
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [runEach, pathToFileURL(command).href],
      { encoding: "utf8", input: JSON.stringify(placed), timeout: 25_000 },
    );
    if (status !== 0) throw new Error(`the commands ended with ${status}: ${stderr}`);
    return JSON.parse(stdout) as readonly Ended[];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Makes a folder with files in it, which is removed after the test. */
export async function makeFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-command-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** Asks for a token by HTTP Basic. */
export function askForToken(
  { tokenEndpoint, clients }: StartLine,
  id = "partner-basic",
): Promise<Response> {
  const secret = clients.find((client) => client.id === id)?.secret ?? "";
  return fetch(tokenEndpoint, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
}
