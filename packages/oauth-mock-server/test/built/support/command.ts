import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { StartLine } from "@credicorp/oauth-mock-server";
import { onTestFinished } from "vitest";

/** The command as it is published. */
export const command = fileURLToPath(
  new URL("../../../dist/command/oauth-mock-server.js", import.meta.url),
);

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

/** Starts the command on a free port, and resolves when it has printed its line. */
export async function start(
  commandLine: readonly string[] = [],
  { environment, cwd }: RunOptions = {},
): Promise<Running> {
  const child = spawn(process.execPath, [command, ...commandLine], {
    env: { ...process.env, CREDICORP_SANDBOX_PORT: "0", ...environment },
    cwd,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
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
