import { isOAuthError } from "@credicorp/oauth-core";

import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Settings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

/** Listens where the command was told to. @throws {@link UsageError} that says what to do when that cannot be */
export async function listen(
  sandbox: Sandbox,
  settings: Pick<Settings, "host" | "port" | "admin-port">,
): Promise<{ readonly url: string; readonly adminUrl: string }> {
  const [host, port] = [settings.host.value, settings.port.value];
  const adminPort = settings["admin-port"].value;
  try {
    return await sandbox.listen({ host, port, ...(adminPort !== undefined && { adminPort }) });
  } catch (error) {
    if (isOAuthError(error) && error.kind === "config" && error.option === "host") {
      throw new UsageError(exposure(host, error.message));
    }
    const remedy = remedies[systemErrorCode(error) ?? ""];
    if (remedy === undefined) throw error;
    const ports = `--port ${port}${adminPort === undefined ? "" : ` --admin-port ${adminPort}`}`;
    throw new UsageError(`--host ${host} ${ports}: ${remedy}`);
  }
}

function exposure(host: string, rule: string): string {
  return rule.includes("allowNetwork")
    ? `--host ${host} is not loopback, and the secrets of a sandbox are public: add --allow-network if that is meant`
    : `--host ${host} is not loopback, and plain http would expose secrets: add --allow-insecure-http if that is meant`;
}

const remedies: Readonly<Record<string, string>> = {
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
