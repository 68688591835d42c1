import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { build } from "esbuild";

/** The program, or why it does not run on this machine. */
export type Workerd =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string };

/** Looks for the program, and tries it: it has a binary for each kind of machine, which may be missing or not run. */
export async function findWorkerd(): Promise<Workerd> {
  try {
    // @ts-expect-error It has no types: its only export is the path of the program.
    const { default: path } = (await import("workerd")) as { default: string };
    await promisify(execFile)(path, ["--version"]);
    return { path };
  } catch (error) {
    return { reason: `workerd does not run on this machine (${String(error).split("\n", 1)[0]})` };
  }
}

/** A worker in the runtime of Cloudflare Workers. */
export interface RunningWorker extends AsyncDisposable {
  readonly url: string;
}

const configuration = (flags: readonly string[]): string => `
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ${JSON.stringify(flags)},
);
`;

/** Bundles a worker of this folder as an application would, and starts it. */
export async function startWorker(
  baseUrl: string,
  flags: readonly string[] = [],
  source = "worker.ts",
): Promise<RunningWorker> {
  const { path, reason } = await findWorkerd();
  if (path === undefined) throw new Error(reason);
  const folder = await mkdtemp(join(tmpdir(), "worker-"));
  await build({
    stdin: {
      contents: `export { worker as default } from "./${source}";`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "worker"],
    external: ["undici", "node:*"],
    define: { baseUrl: JSON.stringify(baseUrl) },
    outfile: join(folder, "worker.js"),
  });
  await writeFile(join(folder, "config.capnp"), configuration(flags));
  const child = spawn(path, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const port = await new Promise<number>((resolve, reject) => {
    let text = "";
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code}`)));
    child.stdio[3]?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /"port":(\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => {
        child.once("exit", resolve);
      });
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
