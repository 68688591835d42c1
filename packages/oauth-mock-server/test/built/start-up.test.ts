import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

import type { SandboxClient } from "@credicorp/oauth-mock-server";

const command = fileURLToPath(new URL("../../dist/command/oauth-mock-server.js", import.meta.url));
const recorder = new URL("support/record-modules.mjs", import.meta.url).href;
const bareFastify = fileURLToPath(new URL("support/bare-fastify.mjs", import.meta.url));

interface Recording {
  readonly child: ChildProcessWithoutNullStreams;

  /** Waits for the end of the process; resolves to the URLs and files of all that it has loaded. */
  readonly modules: () => Promise<readonly string[]>;
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
  return {
    child,
    modules: async () => {
      await exited;
      return (await readFile(file, "utf8")).split("\n");
    },
  };
}

/** Starts the published command, asks for a token, does something more and stops it. */
async function recordCommand(
  andThen: (origin: string) => Promise<void> = async () => undefined,
): Promise<readonly string[]> {
  const { child, modules } = await record(command, "--port", "0");
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  const { url, tokenEndpoint, clients } = JSON.parse(chunk.toString()) as {
    readonly url: string;
    readonly tokenEndpoint: string;
    readonly clients: readonly SandboxClient[];
  };
  const client = clients.find((one) => one.tokenEndpointAuthMethod === "client_secret_post");
  const response = await fetch(tokenEndpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: client?.id ?? "",
      client_secret: client?.secret ?? "",
    }),
  });
  expect(response.status).toBe(200);
  await andThen(url);
  child.kill("SIGTERM");
  return modules();
}

function ownFiles(modules: readonly string[]): readonly string[] {
  const names = modules.flatMap(
    (name) => /\/dist\/command\/(oauth-mock-server[\w-]*)\.js$/.exec(name)?.[1] ?? [],
  );
  return [...new Set(names)];
}

/** Their names without what differs from build to build; what several share is called `chunk`. */
function ownModules(modules: readonly string[]): readonly string[] {
  const names = ownFiles(modules).map((name) => name.replace(/-[A-Z0-9]{8}$/, ""));
  return [...new Set(names)].toSorted();
}

function foreignPackages(modules: readonly string[]): readonly string[] {
  const names = modules.map((name) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}

it("loads its start, what that shares with the rest, the server of HTTP and Fastify until the first token, and nothing else", async () => {
  const modules = await recordCommand();
  const fastifyAlone = await record(bareFastify).then((recording) => recording.modules());

  expect(ownModules(modules)).toEqual([
    "oauth-mock-server",
    "oauth-mock-server-chunk",
    "oauth-mock-server-http-server",
  ]);
  // Each file costs the start 0.4 ms; the modules that they are made from are 150.
  expect(ownFiles(modules).length).toBeLessThanOrEqual(30);
  expect(foreignPackages(modules)).toEqual(foreignPackages(fastifyAlone));
  expect(foreignPackages(modules)).toContain("fastify");
});

it("loads nothing of the admin API for health and for strangers, and its schemas when it is used", async () => {
  const before = await recordCommand(async (origin) => {
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
    expect((await fetch(`${origin}/admin/v1/clients`)).status).toBe(401);
    expect((await fetch(`${origin}/metrics`)).status).toBe(401);
  });
  const after = await recordCommand(async (origin) => {
    const document = (await (await fetch(`${origin}/admin/v1/openapi.json`)).json()) as {
      readonly info: { readonly version: string };
    };
    // Of this package, also where the command is one file.
    expect(document.info.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  expect(ownModules(before)).toEqual([
    "oauth-mock-server",
    "oauth-mock-server-chunk",
    "oauth-mock-server-http-server",
  ]);
  expect(foreignPackages(before)).not.toContain("zod");
  expect(ownModules(after)).toContain("oauth-mock-server-admin-router");
  expect(foreignPackages(after)).toContain("zod");
});

it("CMD-10 loads YAML for a YAML file alone, and the library for certificates with --tls alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "oauth-mock-server-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "sandbox.json"), "{}");
  await writeFile(join(folder, "sandbox.yaml"), "{}");
  const packagesOf = async (...options: readonly string[]): Promise<readonly string[]> => {
    const { child, modules } = await record(command, "--port", "0", ...options);
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    const wanted = ["@peculiar/x509", "yaml", "zod"];
    return foreignPackages(await modules()).filter((name) => wanted.includes(name));
  };

  expect(await packagesOf()).toEqual([]);
  expect(await packagesOf("--config", join(folder, "sandbox.json"))).toEqual(["zod"]);
  expect(await packagesOf("--config", join(folder, "sandbox.yaml"))).toEqual(["yaml", "zod"]);
  expect(await packagesOf("--tls")).toEqual(["@peculiar/x509"]);
});
