import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

import type { StartLine } from "@credicorp/oauth-mock-server";

const command = fileURLToPath(new URL("../../dist/command/oauth-mock-server.js", import.meta.url));
const recorder = new URL("support/record-modules.mjs", import.meta.url).href;
const bareFastify = fileURLToPath(new URL("support/bare-fastify.mjs", import.meta.url));

interface Recording {
  readonly child: ChildProcessWithoutNullStreams;

  /** Resolves to the URLs and files of all that it has loaded until now. */
  readonly modules: () => Promise<readonly string[]>;

  /** The same, after the end of the process. */
  readonly allModules: () => Promise<readonly string[]>;
}

async function record(...commandLine: readonly string[]): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), "oauth-mock-server-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "modules.txt");
  const child = spawn(process.execPath, ["--import", recorder, ...commandLine], {
    env: { ...process.env, RECORD_MODULES: file },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const read = async (): Promise<readonly string[]> => (await readFile(file, "utf8")).split("\n");
  let asked = 0;
  return {
    child,
    modules: async () => {
      asked += 1;
      child.kill("SIGUSR2");
      await expect.poll(read).toContain(`asked ${asked}`);
      return read();
    },
    allModules: async () => {
      await exited;
      return read();
    },
  };
}

async function askForToken(line: StartLine): Promise<number> {
  const client = line.clients.find((one) => one.tokenEndpointAuthMethod === "client_secret_post");
  const { status } = await fetch(line.tokenEndpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: client?.id ?? "",
      client_secret: client?.secret ?? "",
    }),
  });
  return status;
}

/** Files of the command without what differs from build to build, each as often as it was loaded. */
function ownFiles(modules: readonly string[]): readonly string[] {
  const names = modules.flatMap(
    (name) => /\/dist\/command\/(oauth-mock-server[\w-]*)\.js$/.exec(name)?.[1] ?? [],
  );
  return names.map((name) => name.replace(/-[\w-]{8}$/, "")).toSorted();
}

function foreignPackages(modules: readonly string[]): readonly string[] {
  const names = modules.map((name) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}

// With two of one line each, by which Node finds a part of `serve` that is imported by its own name.
const filesOfStart = [
  "oauth-mock-server",
  "oauth-mock-server-command",
  "oauth-mock-server-http-server",
  "oauth-mock-server-serve",
  "oauth-mock-server-serve",
];
const lateLibraries = ["@peculiar/x509", "yaml", "zod"];

it("CMD-10 loads two files of its own and the server of Fastify until the first token, nothing more for health and strangers, and the admin API when it is used", async () => {
  const { child, modules, allModules } = await record(command, "--port", "0");
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  const line = JSON.parse(chunk.toString()) as StartLine;

  expect(await askForToken(line)).toBe(200);
  const untilToken = await modules();
  expect((await fetch(`${line.url}/readyz`)).status).toBe(200);
  expect((await fetch(`${line.adminUrl}/clients`)).status).toBe(401);
  expect((await fetch(`${line.url}/metrics`)).status).toBe(401);
  const untilStrangers = await modules();
  const document = (await (await fetch(`${line.adminUrl}/openapi.json`)).json()) as {
    readonly info: { readonly version: string };
  };
  // Of this package, also where the command is one file.
  expect(document.info.version).toMatch(/^\d+\.\d+\.\d+/);
  child.kill("SIGTERM");
  const all = await allModules();
  const fastifyAlone = await record(bareFastify).then((recording) => recording.allModules());

  expect(ownFiles(untilToken)).toEqual(filesOfStart);
  expect(ownFiles(untilStrangers)).toEqual(filesOfStart);
  expect(ownFiles(all)).toContain("oauth-mock-server-admin-router");
  const foreign = foreignPackages(untilStrangers);
  // Less than a Fastify without a route loads: no compiler of schemas.
  expect(foreignPackages(fastifyAlone)).toEqual(expect.arrayContaining([...foreign, "ajv"]));
  expect(foreign).toContain("fastify");
  expect(foreign.filter((name) => /ajv|fast-uri|json-schema/.test(name))).toEqual([]);
  expect(foreignPackages(all).filter((name) => lateLibraries.includes(name))).toEqual(["zod"]);
});

it("CMD-10 loads YAML for a YAML file alone, the library for certificates with --tls alone, and no server for --version and health", async () => {
  const folder = await mkdtemp(join(tmpdir(), "oauth-mock-server-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "sandbox.json"), "{}");
  await writeFile(join(folder, "sandbox.yaml"), "{}");
  const packagesOf = async (...options: readonly string[]): Promise<readonly string[]> => {
    const { child, allModules } = await record(command, "--port", "0", ...options);
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    return foreignPackages(await allModules()).filter((name) => lateLibraries.includes(name));
  };

  expect(await packagesOf("--config", join(folder, "sandbox.json"))).toEqual(["zod"]);
  expect(await packagesOf("--config", join(folder, "sandbox.yaml"))).toEqual(["yaml", "zod"]);
  expect(await packagesOf("--tls")).toEqual(["@peculiar/x509"]);
  const health = await record(command, "health", "--url", "http://127.0.0.1:1");
  expect(ownFiles(await health.allModules())).toEqual([
    "oauth-mock-server",
    "oauth-mock-server-command",
    "oauth-mock-server-health",
  ]);
});
