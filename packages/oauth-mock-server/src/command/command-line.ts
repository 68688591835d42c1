import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { isOAuthError } from "@credicorp/oauth-core";
import { formatAuditEvent } from "@credicorp/oauth-core/authorization-server";

import type { SandboxOptions } from "../configuration/configuration.ts";
import { formatExplanation } from "../explanations/format-explanation.ts";
import { isLoopback } from "../http/listen-address.ts";
import { formatBanner, formatJsonLine } from "./banner.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { createSandbox } from "../sandbox/sandbox.ts";

/** Where the command writes, and how it learns that it is to stop. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;

  /** Whether a person reads the output. */
  readonly isInteractive: boolean;

  /** Aborts when the command is to stop. */
  readonly stopSignal: AbortSignal;
}

const exitCodes = { ok: 0, usage: 2 } as const;
const defaultPort = 9400;

const help = `Usage: oauth-mock-server [options]

An OAuth 2.0 authorization server for development and tests. It keeps everything in memory.

Options:
  --port <number>        TCP port; 0 takes any free one (default: ${defaultPort})
  --host <address>       address to listen on (default: 127.0.0.1)
  --config <file.json>   clients, scopes, lifetimes, limits
  --log                  write one line of JSON per decision to standard error
  --quiet                do not explain refusals on standard error
  --allow-insecure-http  allow plain http elsewhere than on loopback
  --version              print the version
  --help                 print this help

Examples:
  oauth-mock-server
  oauth-mock-server --port 0 | jq -r .url
  oauth-mock-server --config sandbox.json

It prints its clients and commands to try to a person, and one line of JSON to a program.
`;

/** Runs the command until it is told to stop, and resolves to its exit code. */
export async function runCommandLine(
  commandArguments: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    return await run(commandArguments, terminal);
  } catch (error) {
    const line = describeFailure(error);
    if (line === undefined) throw error;
    terminal.writeError(`oauth-mock-server: ${line}\n`);
    return exitCodes.usage;
  }
}

async function run(commandArguments: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: [...commandArguments],
    options: {
      port: { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      config: { type: "string" },
      log: { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      "allow-insecure-http": { type: "boolean", default: false },
      version: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || values.version) {
    terminal.write(values.help ? help : `${await readVersion()}\n`);
    return exitCodes.ok;
  }
  const port = parsePort(values.port);
  const sandbox = await openSandbox(values.config, {
    ...(values["allow-insecure-http"] && { allowInsecureHttp: true }),
    ...(values.log && {
      audit: (event) => terminal.writeError(`${formatAuditEvent(event)}\n`),
    }),
  });
  // What callers are not told is for whoever sits at this machine; and lines of JSON stay among themselves.
  if (isLoopback(values.host) && !values.quiet && !values.log) {
    sandbox.explanations.subscribe((one) => terminal.writeError(formatExplanation(one)));
  }
  const { url } = await listen(sandbox, { host: values.host, port });
  const running = { url, issuer: sandbox.issuer, clients: sandbox.clients.list() };
  terminal.write(terminal.isInteractive ? formatBanner(running) : formatJsonLine(running));

  await stopped(terminal.stopSignal);
  await sandbox.close();
  return exitCodes.ok;
}

async function openSandbox(
  path: string | undefined,
  options: Pick<SandboxOptions, "allowInsecureHttp" | "audit">,
): Promise<Sandbox> {
  if (path === undefined) return createSandbox(options);
  const { readConfigurationFile } = await import("../configuration/read-configuration-file.ts");
  const configuration = await readConfigurationFile(path);
  try {
    return await createSandbox({ ...configuration, ...options });
  } catch (error) {
    if (!isOAuthError(error)) throw error;
    throw new UsageError(`${path}: ${error.message}`);
  }
}

/** A mistake of whoever started the command, which one line can put right. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return defaultPort;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UsageError("--port must be a number from 0 to 65535 (0 takes any free port)");
}

async function listen(
  sandbox: Sandbox,
  address: { readonly host: string; readonly port: number },
): Promise<{ readonly url: string }> {
  try {
    return await sandbox.listen(address);
  } catch (error) {
    if (isOAuthError(error) && error.kind === "config" && error.option === "host") {
      throw new UsageError(
        `--host ${address.host} is not loopback, and plain http would expose secrets: add --allow-insecure-http if that is meant`,
      );
    }
    const remedy = listenRemedies[systemErrorCode(error) ?? ""];
    if (remedy === undefined) throw error;
    throw new UsageError(`--host ${address.host} --port ${address.port}: ${remedy}`);
  }
}

const listenRemedies: Readonly<Record<string, string>> = {
  EADDRINUSE:
    "the port is in use: stop the other process, or choose another port (0 takes any free one)",
  EACCES: "this user may not listen there: choose a port above 1023",
  EADDRNOTAVAIL: "this machine has no such address: choose another host",
  ENOTFOUND: "the host name is unknown: choose another host",
  EAI_AGAIN: "the host name is unknown: choose another host",
};

function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Returns one line for mistakes of the caller; `undefined` for bugs of ours. */
function describeFailure(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  if (isOAuthError(error) && error.kind === "config") return error.message;
  // parseArgs explains itself over several sentences: the first says what is wrong.
  if (systemErrorCode(error)?.startsWith("ERR_PARSE_ARGS") && error instanceof Error) {
    return `${error.message.split(/\.? To specify|\n/, 1).join("")} (see --help)`;
  }
  return undefined;
}

async function readVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(
    await readFile(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return String((manifest as { readonly version: unknown }).version);
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
