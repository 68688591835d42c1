import { isOAuthError } from "@credicorp/oauth-core";

import { readVersion } from "../version/read-version.ts";
import { readFlags } from "./flags.ts";
import { commandOptions, optionNames } from "./options.ts";
import { readSettings } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

const exitCodes = { ok: 0, usage: 2 } as const;

/** Runs the command until it is told to stop, and resolves to its exit code. */
export async function runCommandLine(
  commandLine: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    return await run(commandLine, terminal);
  } catch (error) {
    // Mistakes of the caller are said in a line; the rest are bugs of ours.
    const isMistake =
      error instanceof UsageError || (isOAuthError(error) && error.kind === "config");
    if (!isMistake) throw error;
    terminal.writeError(`oauth-mock-server: ${error.message}\n`);
    return exitCodes.usage;
  }
}

async function run(commandLine: readonly string[], terminal: Terminal): Promise<number> {
  const [first, ...rest] = commandLine;
  if (first === "health") {
    const { checkHealth } = await import("./health.ts");
    return checkHealth(rest, terminal);
  }
  const flags = readFlags(commandLine, flagDefinitions());
  if (flags.has("help")) {
    const { formatHelp } = await import("./help.ts");
    terminal.write(formatHelp());
    return exitCodes.ok;
  }
  if (flags.has("version")) {
    terminal.write(`${readVersion()}\n`);
    return exitCodes.ok;
  }
  const said = await readSettings(flags, terminal.environment);
  if (said.settings["print-config"].value) {
    const { formatConfiguration } = await import("./print-configuration.ts");
    terminal.write(formatConfiguration(said));
    return exitCodes.ok;
  }
  const { serve } = await import("./serve.ts");
  await serve(said, terminal);
  return exitCodes.ok;
}

function flagDefinitions(): Parameters<typeof readFlags>[1] {
  const names = optionNames.filter((name) => commandOptions[name].flag !== false);
  return Object.fromEntries(names.map((name) => [name, commandOptions[name]]));
}
