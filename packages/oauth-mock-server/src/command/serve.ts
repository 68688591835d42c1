import { isOAuthError } from "@credicorp/oauth-core";
import { formatAuditEvent } from "@credicorp/oauth-core/authorization-server";

import type { SandboxOptions } from "../configuration/configuration.ts";
import { formatExplanation } from "../explanations/format-explanation.ts";
import { isLoopback } from "../http/listen-address.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { createSandbox } from "../sandbox/sandbox.ts";
import { formatBanner } from "./banner.ts";
import { listen } from "./listen.ts";
import type { OptionName } from "./options.ts";
import { variableOf } from "./options.ts";
import { sandboxConfiguration } from "./sandbox-options.ts";
import type { ServerTls } from "./tls-files.ts";
import { prepareTls } from "./server-tls.ts";
import type { ReadSettings, Settings } from "./settings.ts";
import { formatStartLine } from "./start-line.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

// As long as it takes those who call to see that it is going, and not as long as it takes a person to wonder.
const noticeMs = 500;

/** Runs a sandbox until it is told to stop, and lets it finish what is in flight. */
export async function serve(said: ReadSettings, terminal: Terminal): Promise<void> {
  const { settings } = said;
  if (settings.watch.value && said.file === undefined) {
    throw new UsageError("--watch needs --config: name the file");
  }
  const tls = await prepareTls(settings);
  try {
    const sandbox = await openSandbox(said, { tls, terminal });
    // What callers are not told is for whoever sits at this machine; and lines of JSON stay among themselves.
    if (isLoopback(settings.host.value) && !settings.quiet.value && !settings.log.value) {
      sandbox.explanations.subscribe((one) => terminal.writeError(formatExplanation(one)));
    }
    const { url, adminUrl } = await listen(sandbox, settings);
    const reloading = await startReloading(said, { sandbox, tls, terminal }).catch(
      async (error: unknown) => {
        await sandbox.close();
        throw error;
      },
    );
    const running = {
      url,
      issuer: sandbox.issuer,
      clients: sandbox.clients.list(),
      adminUrl,
      adminToken: sandbox.adminToken,
      certificates: tls?.certificates,
    };
    terminal.write(terminal.isInteractive ? formatBanner(running) : formatStartLine(running));

    await stopped(terminal.stopSignal);
    reloading.close();
    await sandbox.close({ graceMs: settings["drain-seconds"].value * 1000, noticeMs });
  } finally {
    await tls?.remove();
  }
}

interface Parts {
  readonly sandbox: Sandbox;
  readonly tls: ServerTls | undefined;
  readonly terminal: Terminal;
}

async function openSandbox(
  { settings, file }: ReadSettings,
  { tls, terminal }: Omit<Parts, "sandbox">,
): Promise<Sandbox> {
  const options: SandboxOptions = {
    ...sandboxConfiguration(settings, { file, tls }),
    adminToken: settings["admin-token"].value,
    dangerouslyAllowProduction: settings["dangerously-allow-production"].value,
    ...(settings.log.value && {
      audit: (event) => terminal.writeError(`${formatAuditEvent(event)}\n`),
    }),
  };
  try {
    return await createSandbox(options);
  } catch (error) {
    if (!isOAuthError(error) || error.kind !== "config") throw error;
    const remedy = ofTheCommand(error.option);
    if (remedy !== undefined) throw new UsageError(remedy);
    const source = saidBy(error.option, settings) ?? settings.config.value;
    if (source === undefined) throw error;
    throw new UsageError(`${source}: ${error.message}`);
  }
}

/** What is not in the file, and has another name here. */
function ofTheCommand(option: string): string | undefined {
  if (option === "dangerouslyAllowProduction") {
    return "NODE_ENV is production, and a sandbox gives tokens to everybody: use the real server, unset NODE_ENV, or add --dangerously-allow-production if this is no production at all";
  }
  if (option !== "adminToken") return undefined;
  return `${variableOf("admin-token")}, or command.adminToken of the file, must be 22 characters or more, of those of base64: 128 random bits, such as \`openssl rand -hex 32\` makes`;
}

/** The option of the command line, or the variable, that says this in place of the file; `undefined` if none does. */
function saidBy(option: string, settings: Settings): string | undefined {
  const name = whereSaid[/^\w*/.exec(option)?.[0] ?? ""];
  const { value, from } = name === undefined ? settings.config : settings[name];
  return name === undefined || value === undefined ? undefined : from;
}

const whereSaid: Readonly<Record<string, OptionName>> = {
  allowedHosts: "allowed-hosts",
  issuer: "issuer",
  tls: "tls-cert",
};

async function startReloading(
  { settings, file }: ReadSettings,
  { sandbox, tls, terminal }: Parts,
): Promise<{ readonly close: () => void }> {
  const path = settings.config.value;
  if (path === undefined || file === undefined) {
    terminal.onReload(() =>
      terminal.writeError("oauth-mock-server: nothing to read again: there is no --config\n"),
    );
    return { close: () => undefined };
  }
  const { startConfigurationReload } = await import("./reload.ts");
  return startConfigurationReload(path, {
    isWatching: settings.watch.value,
    command: file.command,
    onReload: terminal.onReload,
    writeError: terminal.writeError,
    apply: (next) => sandbox.reconfigure(sandboxConfiguration(settings, { file: next, tls })),
  });
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
