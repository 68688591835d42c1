import type { SandboxClient } from "../sandbox/sandbox-clients.ts";
import type { CertificateFiles } from "./tls-files.ts";

/** What a start-up message is made from. */
export interface RunningSandbox {
  readonly url: string;
  readonly issuer: string;
  readonly clients: readonly SandboxClient[];
  readonly adminUrl: string;
  readonly adminToken: string;

  /** The certificates that were made for this start. */
  readonly certificates?: CertificateFiles | undefined;
}

/**
 * What the command prints first when its output is no terminal: one line of JSON.
 *
 * `version` changes when a member changes its meaning or goes; members may be added without.
 */
export interface StartLine {
  readonly version: 1;

  /** Where it listens. */
  readonly url: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly metadataUrl: string;

  /** Where the admin API begins. */
  readonly adminUrl: string;

  /** What it is to be called with. */
  readonly adminToken: string;

  /** The test clients with their secrets. */
  readonly clients: readonly SandboxClient[];

  /** With `--tls` alone: files of the certificates that were made. */
  readonly certificates?: CertificateFiles;
}

/** Writes the start-up message for a program. */
export function formatStartLine(running: RunningSandbox): string {
  const { url, issuer, clients, adminUrl, adminToken, certificates } = running;
  const line: StartLine = {
    version: 1,
    url,
    issuer,
    tokenEndpoint: `${url}/partner/v1/oauth/token`,
    metadataUrl: `${url}/.well-known/oauth-authorization-server`,
    adminUrl,
    adminToken,
    clients,
    ...(certificates !== undefined && { certificates }),
  };
  return `${JSON.stringify(line)}\n`;
}
