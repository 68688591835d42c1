import { dirname, resolve } from "node:path";

import { ConfigurationError } from "@credicorp/oauth-core";

import type { SandboxTls } from "../http/tls.ts";
import type { CommandConfiguration } from "./command-schema.ts";
import type { SandboxConfiguration } from "./configuration.ts";
import type { TlsFiles } from "./configuration-schema.ts";
import { parseConfigurationText } from "./parse-configuration-text.ts";
import { readText } from "./read-text.ts";

/** What a file says to the sandbox, and what to the command. */
export interface ConfigurationFile {
  readonly configuration: SandboxConfiguration;
  readonly command: CommandConfiguration;
}

/**
 * Reads a configuration file, JSON or YAML.
 *
 * @throws {@link ConfigurationError} whose message is one line with place and remedy, or several for several mistakes
 */
export async function readConfigurationFile(path: string): Promise<ConfigurationFile> {
  const { configurationSchema } = await import("./configuration-schema.ts");
  const text = await readText(path);
  const value = await parseConfigurationText(text, path);
  const parsed = configurationSchema.safeParse(value);
  if (parsed.success) {
    const { $schema: _editor, command = {}, tls, ...configuration } = parsed.data;
    if (tls === undefined) return { configuration, command };
    return { configuration: { ...configuration, tls: await readTlsFiles(tls, path) }, command };
  }
  const { describeProblems } = await import("./describe-problems.ts");
  const problems = await describeProblems(parsed.error.issues, { text, path, value });
  throw new ConfigurationError("--config", problems);
}

/** Reads the files that a configuration names; their paths are seen from its own folder. */
async function readTlsFiles(files: TlsFiles, configurationPath: string): Promise<SandboxTls> {
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
