import type { IncomingMessage } from "node:http";
import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import { join } from "node:path";

import { readText } from "../configuration/read-text.ts";
import { readFlags } from "./flags.ts";
import { commandOptions } from "./options.ts";
import { readSettings } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

const timeoutMs = 3000;

/**
 * Asks a sandbox whether it serves: that of `--url`, or the one that this environment starts. Resolves to the exit code.
 *
 * @throws {@link UsageError} for a command line that it cannot read
 */
export async function checkHealth(
  commandLine: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const flags = readFlags(commandLine, {
    url: { kind: "text" },
    ca: { kind: "text" },
    help: commandOptions.help,
  });
  if (flags.has("help")) {
    const { formatHelp } = await import("./help.ts");
    terminal.write(formatHelp());
    return 0;
  }
  const own = await ownPlace(terminal);
  const url = readUrl(String(flags.get("url") ?? own.url));
  const authorityFile = flags.get("ca") ?? own.authorityFile;
  const ca = authorityFile === undefined ? undefined : await readText(String(authorityFile));
  try {
    const { statusCode } = await ask(new URL("/readyz", url), ca);
    if (statusCode === 200) return 0;
    terminal.writeError(`oauth-mock-server: ${url.origin} is not ready (${statusCode})\n`);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    terminal.writeError(`oauth-mock-server: ${url.origin} does not answer (${code})\n`);
  }
  return 1;
}

/** Where a sandbox listens that was started with the same variables. */
async function ownPlace({
  environment,
}: Terminal): Promise<{ readonly url: string; readonly authorityFile: string | undefined }> {
  const { settings } = await readSettings(new Map(), environment);
  const folder = settings["tls-dir"].value;
  const hasTls =
    settings.tls.value || folder !== undefined || settings["tls-cert"].value !== undefined;
  const host = settings.host.value === "::1" ? "[::1]" : settings.host.value;
  // An address that stands for all of them is none to call.
  const address = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return {
    url: `${hasTls ? "https" : "http"}://${address}:${settings.port.value}`,
    authorityFile:
      folder === undefined ? settings["tls-cert"].value : join(folder, "authority.pem"),
  };
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new UsageError("--url must be a URL, such as http://127.0.0.1:9400");
}

function ask(url: URL, ca: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, timeout: timeoutMs, ...(ca !== undefined && { ca }) };
    const get = url.protocol === "https:" ? getHttps : getHttp;
    const request = get(url, options, (response) => {
      response.resume();
      resolve(response);
    });
    request.on("timeout", () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    request.on("error", reject);
  });
}
