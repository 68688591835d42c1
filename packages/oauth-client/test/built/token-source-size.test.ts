import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import type { BuildResult } from "esbuild";
import { build } from "esbuild";
import { expect, it } from "vitest";
import type * as tokenSource from "@credicorp/oauth-client/token-source";

import { startTestServer } from "../support/authorization-server.ts";

type Bundle = BuildResult<{ metafile: true; write: false }>;

const packageName = "@credicorp/oauth-client";

/** Bundles all that some exports reach: nothing is external, and nothing is loaded later. */
function bundle(contents: string, external: string[] = []): Promise<Bundle> {
  return build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    conditions: [],
    external,
    outdir: "bundle",
    metafile: true,
    write: false,
  });
}

function gzipSize({ outputFiles }: Bundle): number {
  return outputFiles.reduce(
    (sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length,
    0,
  );
}

it("goes from client id and secret to a token in at most 6 kB, compressed, with nothing left out", async () => {
  const app = await bundle(`export { createTokenSource } from "${packageName}/token-source";`);
  const withEvents = await bundle(`export * from "${packageName}/token-source";`);
  // What else the whole client reaches, undici and jose, has a size of its own.
  const whole = await bundle(`export * from "${packageName}";`, ["undici", "jose"]);

  const sizes = [app, withEvents, whole].map(gzipSize);
  const [size = 0, sizeWithEvents = 0, wholeSize = 0] = sizes;
  console.log(
    `min+gzip: ${size} bytes from createTokenSource to a token, ${sizeWithEvents} with its events; ` +
      `${wholeSize} for all that the client exports`,
  );
  const outputs = Object.values(app.metafile.outputs);
  expect(outputs).toHaveLength(1);
  expect(outputs.flatMap(({ imports }) => imports)).toEqual([]);
  expect(size).toBeLessThanOrEqual(6000);
  expect(size).toBeLessThan(sizeWithEvents);
  expect(sizeWithEvents).toBeLessThan(wholeSize);
});

it("gets a token by that bundle", async () => {
  await using server = await startTestServer();
  const { outputFiles } = await bundle(`export * from "${packageName}/token-source";`);
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  const url = `data:text/javascript;base64,${code}`;
  const bundled = (await import(/* @vite-ignore */ url)) as typeof tokenSource;
  const source = bundled.createTokenSource({
    tokenEndpoint: `${server.url}/partner/v1/oauth/token`,
    clientId: "partner",
    clientSecret: "planted-secret",
  });

  const token = await source.getToken();

  expect(token.authorization).toBe("Bearer access-token-1");
  expect(server.tokenRequests()).toHaveLength(1);
});
