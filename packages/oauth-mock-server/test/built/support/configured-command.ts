import { join } from "node:path";

import { makeFolder, runToEnd, start } from "./command.ts";

/** Starts the command with a configuration and the files beside it, and resolves to its URL. */
export async function startConfigured(
  configuration: object,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { line } = await start(["--config", await writeConfiguration(configuration, files)]);
  return line.url;
}

/** Runs the command with a configuration that is wrong; returns its exit code and the lines that it says. */
export async function refusalOf(
  configuration: object,
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const { code, stderr } = runToEnd(["--config", await writeConfiguration(configuration)]);
  return { code, lines: stderr.trim().split("\n") };
}

async function writeConfiguration(
  configuration: object,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = "sandbox.json";
  return join(await makeFolder({ ...files, [name]: JSON.stringify(configuration) }), name);
}
