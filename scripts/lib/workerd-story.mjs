/**
 * Tells the story in workerd, the runtime of Cloudflare Workers, which runs one bundle and nothing of Node.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { readJsonFile } from "./workspace.mjs";

const worker = "@credicorp/end-to-end/dist/runtimes/worker.js";

const configuration = `
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
);
`;

/**
 * Bundles the worker as an application would, and has it tell the story.
 *
 * @param {string} program
 * @param {string} project The folder where the packed packages are installed.
 * @param {{ readonly url: string, readonly clients: readonly unknown[] }} sandbox
 * @returns {Promise<import("./runtime-story.mjs").StoryResult>}
 */
export async function tellInWorkerd(program, project, { url, clients }) {
  const folder = join(project, "workerd");
  await build({
    stdin: {
      contents: `export { worker as default } from "./node_modules/${worker}";`,
      resolveDir: project,
    },
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "worker"],
    // Named in code that runs on Node only.
    external: ["undici"],
    outfile: join(folder, "worker.js"),
    logLevel: "warning",
  });
  writeFileSync(join(folder, "config.capnp"), configuration);

  const child = spawn(program, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  try {
    const port = await listeningPort(child);
    const response = await fetch(`http://127.0.0.1:${port}`, {
      method: "POST",
      body: JSON.stringify({ issuer: url, clients, vectors: readVectors(project) }),
      signal: AbortSignal.timeout(3 * 60_000),
    });
    if (!response.ok) return { facts: 0, failed: [`the worker answered ${response.status}`] };
    /** @type {{ step: string, text: string, found?: string }[]} */
    const findings = JSON.parse(await response.text());
    return {
      facts: findings.length,
      failed: findings
        .filter(({ found }) => found !== undefined)
        .map(({ step, text, found }) => `✗ ${step}: ${text}: found ${found}`),
    };
  } finally {
    child.kill("SIGKILL");
  }
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number>}
 */
async function listeningPort(child) {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`workerd ended with ${code}`);
  });
  const control = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
  let text = "";
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a message may come in pieces
    const [chunk] = await Promise.race([once(control, "data"), ended]);
    text += String(chunk);
    const port = /"port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
}

/** @param {string} project */
function readVectors(project) {
  const folder = join(project, "node_modules/@credicorp/oauth-verifier/vectors");
  return readdirSync(folder).map((name) => readJsonFile(join(folder, name)));
}
