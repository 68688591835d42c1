import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { ConfigurationError } from "@credicorp/oauth-core";
import type { z } from "zod";

import type { SandboxConfiguration } from "./configuration.ts";
import type { TlsFiles } from "./configuration-schema.ts";
import type { SandboxTls } from "../http/tls.ts";

/** Reads a configuration file. @throws {@link ConfigurationError} whose message is one line: place, and remedy. */
export async function readConfigurationFile(path: string): Promise<SandboxConfiguration> {
  const { configurationSchema } = await import("./configuration-schema.ts");
  const parsed = configurationSchema.safeParse(parseJson(await readText(path), path));
  if (parsed.success) {
    const { $schema: _editor, tls, ...configuration } = parsed.data;
    return tls === undefined ? configuration : { ...configuration, tls: await readTls(tls, path) };
  }
  const [issue] = parsed.error.issues;
  throw invalid(path, issue === undefined ? "is not a configuration" : describe(issue));
}

/** Reads the files that a configuration names; their paths are seen from its own folder. */
async function readTls(files: TlsFiles, configurationPath: string): Promise<SandboxTls> {
  const read = (path: string): Promise<string> =>
    readText(resolve(dirname(configurationPath), path));
  return {
    key: await read(files.keyFile),
    cert: await read(files.certFile),
    clientCertificateAuthorities: await Promise.all(
      (files.clientCertificateAuthorityFiles ?? []).map(read),
    ),
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const remedy =
      code === "ENOENT"
        ? "does not exist: check the path"
        : `cannot be read (${code}): check its permissions`;
    throw invalid(path, remedy);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const before = text.slice(0, firstErrorOffset(text));
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    // Not the parser's own message, which quotes the file and so, perhaps, a secret.
    throw new ConfigurationError(
      "--config",
      `${path}:${line}:${column} is not JSON: correct it there`,
    );
  }
}

/** Finds where a text stops being the beginning of some JSON text: every shorter prefix is merely incomplete. */
function firstErrorOffset(text: string): number {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isBeginningOfJson(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isBeginningOfJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) return false;
    const position = /at position (\d+)/.exec(error.message)?.[1];
    // Where more is expected, the parser complains about the very end.
    return (
      /end of JSON input|Unterminated string/.test(error.message) ||
      Number(position) === text.length
    );
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const place = formatPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const where = place === "" ? "" : ` in ${place}`;
    return `has an unknown option ${issue.keys.join(", ")}${where}: remove it, or correct its spelling`;
  }
  const rule = issue.message.replace(/^Invalid input: /, "").replace(/[\r\n]+/g, " ");
  return `is wrong at ${place || "the top level"}: ${rule}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

function invalid(path: string, remedy: string): ConfigurationError {
  return new ConfigurationError("--config", `${path} ${remedy}`);
}
