import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import type { BuildResult } from "esbuild";
import { build } from "esbuild";
import { expect, it } from "vitest";

type Bundle = BuildResult<{ metafile: true; write: false }>;

const entry = "export { createOAuthClient } from '@credicorp/oauth-client';";

/** Bundles a client as an application would, with the parts that are loaded later in files of their own. */
function bundle(platform: "neutral" | "node"): Promise<Bundle> {
  return build({
    stdin: { contents: entry, resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform,
    conditions: platform === "node" ? ["node"] : [],
    external: ["undici", "jose"],
    outdir: "bundle",
    metafile: true,
    write: false,
  });
}

/** Sums up, in bytes after gzip, the output that some inputs are in. */
function gzipSize({ outputFiles }: Bundle, isCounted: (path: string) => boolean): number {
  return outputFiles
    .filter(({ path }) => isCounted(path))
    .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}

it.each(["neutral", "node"] as const)(
  "reaches undici only when it is first used, and jose not at all, for %s",
  async (platform) => {
    const { metafile } = await bundle(platform);

    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const external = imports.filter((found) => found.external && !found.path.startsWith("node:"));
    expect(external.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["dynamic-import undici"]);
  },
);

it("leaves what signs, and certificates, out of a client that has a secret", async () => {
  const { metafile } = await bundle("node");

  const inputs = Object.keys(metafile.inputs);
  const bundled = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  expect(inputs.length).toBeGreaterThan(20);
  expect(
    bundled.filter((path) => /signing|dpop|private-key|mutual-tls|file-secret/.test(path)),
  ).toEqual([]);
});

it("loads at most 6 kB, compressed, from at most 20 files, before the first call", async () => {
  const result = await bundle("neutral");
  const { outputs } = result.metafile;
  const [start] = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint === "<stdin>");
  const atOnce = new Set([start?.[0]]);
  for (const { kind, path } of start?.[1].imports ?? []) {
    if (kind === "import-statement") atOnce.add(path);
  }

  const isAtOnce = (path: string): boolean =>
    [...atOnce].some((name) => path.endsWith(name ?? "-"));
  const sizes = { atOnce: gzipSize(result, isAtOnce), all: gzipSize(result, () => true) };

  const files = Object.entries(outputs)
    .filter(([path]) => atOnce.has(path))
    .flatMap(([, { inputs }]) => Object.keys(inputs).filter((path) => path !== "<stdin>"));

  console.log(`min+gzip: ${sizes.atOnce} bytes before the first call, ${sizes.all} in all`);
  expect(atOnce.size).toBeGreaterThan(1);
  // To import a file costs Node more than what is in it.
  expect(files.length).toBeLessThanOrEqual(20);
  expect(sizes.atOnce).toBeLessThanOrEqual(6000);
  expect(sizes.all).toBeGreaterThan(sizes.atOnce);
});

it("goes all the way to a token in at most 21 kB, compressed, where nothing is loaded later", async () => {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    conditions: [],
    external: ["undici", "jose"],
    outdir: "bundle",
    write: false,
    plugins: [
      {
        name: "without what only some clients, or some calls, load",
        setup: (bundler) => {
          const filter =
            /\/(?:client-telemetry|observer-failures|token-management|token-sharing|value-sharing|request-proof)\.js$/;
          bundler.onResolve({ filter }, ({ path }) => ({ path, external: true }));
        },
      },
    ],
  });

  const [size = 0] = outputFiles.map(({ contents }) => gzipSync(contents, { level: 9 }).length);

  console.log(`min+gzip: ${size} bytes from createOAuthClient to a token, fetch included`);
  expect(size).toBeLessThanOrEqual(21_000);
});
