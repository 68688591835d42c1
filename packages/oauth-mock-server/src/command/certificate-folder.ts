/**
 * The certificates of `--tls`, in files that nobody else may read.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { MadeCertificates } from "../certificates/make-certificates.ts";
import type { ServerTls } from "./tls-files.ts";
import { UsageError } from "./usage-error.ts";

const names = {
  authority: "authority.pem",
  serverCertificate: "server.pem",
  serverKey: "server.key",
  clientCertificate: "partner-mtls.pem",
  clientKey: "partner-mtls.key",
} as const satisfies Readonly<Record<keyof MadeCertificates, string>>;

const privateFolderMode = 0o700;
const privateFileMode = 0o600;

// What is kept is made anew this long before it ends.
const renewalMs = 7 * 24 * 3600 * 1000;

/**
 * Makes certificates for a server at `host`, or takes those that are in the folder and still good. Without a folder they
 * are in a new one for temporary files, which `remove` removes.
 *
 * @throws {@link UsageError} when the folder cannot be written to
 */
export async function provideCertificates(options: {
  readonly folder: string | undefined;
  readonly host: string;
  readonly allowedHosts: readonly string[];
}): Promise<ServerTls> {
  const hosts = [
    "localhost",
    "127.0.0.1",
    "::1",
    ...listenedTo(options.host),
    ...options.allowedHosts,
  ];
  const { folder: given } = options;
  const kept = given === undefined ? undefined : await readKept(given, hosts);
  if (given !== undefined && kept !== undefined) return serverTls(given, kept);
  const { makeCertificates } = await import("../certificates/make-certificates.ts");
  const made = await makeCertificates([...new Set(hosts)]);
  const folder = await write(given, made);
  const remove =
    given === undefined ? () => rm(folder, { recursive: true, force: true }) : undefined;
  return serverTls(folder, made, remove);
}

/** An address that stands for all of them names none. */
function listenedTo(host: string): readonly string[] {
  return host === "0.0.0.0" || host === "::" ? [] : [host];
}

function serverTls(
  folder: string,
  made: MadeCertificates,
  remove: () => Promise<void> = async () => undefined,
): ServerTls {
  return {
    tls: {
      cert: made.serverCertificate,
      key: made.serverKey,
      clientCertificateAuthorities: [made.authority],
    },
    certificates: {
      authorityFile: join(folder, names.authority),
      clientCertificateFile: join(folder, names.clientCertificate),
      clientKeyFile: join(folder, names.clientKey),
    },
    remove,
  };
}

async function readKept(
  folder: string,
  hosts: readonly string[],
): Promise<MadeCertificates | undefined> {
  const texts: Partial<Record<keyof MadeCertificates, string>> = {};
  for (const [name, file] of Object.entries(names)) {
    try {
      texts[name as keyof MadeCertificates] = await readFile(join(folder, file), "utf8");
    } catch (error) {
      // Not all of them are there: they are made anew together.
      if (codeOf(error) === "ENOENT") return undefined;
      throw folderError(folder, error);
    }
  }
  const made = texts as MadeCertificates;
  return isGood(made.serverCertificate, hosts) ? made : undefined;
}

function isGood(pem: string, hosts: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const hasNames = hosts.every((host) =>
      isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host),
    );
    return hasNames && Date.parse(certificate.validTo) - Date.now() > renewalMs;
  } catch {
    // What is no certificate is as good as none: a new one takes its place.
    return false;
  }
}

async function write(given: string | undefined, made: MadeCertificates): Promise<string> {
  const where = given ?? tmpdir();
  try {
    if (given !== undefined) await mkdir(given, { recursive: true, mode: privateFolderMode });
    const folder = given ?? (await mkdtemp(join(where, "oauth-mock-server-")));
    for (const [name, file] of Object.entries(names)) {
      const path = join(folder, file);
      await writeFile(path, made[name as keyof MadeCertificates], { mode: privateFileMode });
      // A file that was there keeps its mode when it is written.
      await chmod(path, privateFileMode);
    }
    return folder;
  } catch (error) {
    throw folderError(where, error);
  }
}

function folderError(folder: string, error: unknown): Error {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error : new Error(String(error));
  return new UsageError(
    `${folder} cannot hold the certificates (${code}): name a folder that can with --tls-dir`,
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
