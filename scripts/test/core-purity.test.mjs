import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { captureCommand } from "../lib/commands.mjs";
import { readJsonFile, workspaceRoot } from "../lib/workspace.mjs";

const core = join(workspaceRoot, "packages/oauth-core");
const binaries = join(workspaceRoot, "node_modules/.bin");

/** @param {string} parent */
function temporaryFolder(parent) {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "purity-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/**
 * Type-checks lines as if they stood in core, and returns the numbers of those with an error.
 *
 * @param {readonly string[]} lines
 */
async function compileInCore(lines) {
  const folder = temporaryFolder(join(core, "node_modules/.cache"));
  writeFileSync(join(folder, "planted.ts"), [...lines, "export {};", ""].join("\n"));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(core, "tsconfig.json"),
      compilerOptions: { composite: false, incremental: false, noEmit: true, rootDir: "/" },
      include: [join(folder, "planted.ts"), join(core, "src/platform.d.ts")],
    }),
  );
  const { exitCode, output } = await captureCommand([join(binaries, "tsc"), "-p", folder]);
  const errors = output.matchAll(/planted\.ts[(:](\d+)/g);
  return { exitCode, output, lines: new Set(Array.from(errors, ([, line]) => Number(line))) };
}

it("the compiler refuses every impure name in core", async () => {
  const planted = [
    "fetch('https://example.com');",
    "setTimeout(() => {}, 1);",
    "setInterval(() => {}, 1);",
    "queueMicrotask(() => {});",
    "console.log(1);",
    "process.exit();",
    "Buffer.from('');",
    "crypto.randomUUID();",
    "performance.now();",
    "import 'node:fs';",
    "export type Key = import('jose').JWK;",
  ];

  const { lines, output } = await compileInCore(planted);

  expect([...lines], output).toEqual(planted.map((_, index) => index + 1));
});

it("the compiler knows the deterministic globals in core", async () => {
  const { exitCode, output } = await compileInCore([
    "export const url: string = new URL('https://example.com/').href;",
    "export const parameters: string = new URLSearchParams('a=b').toString();",
    "export const bytes: Uint8Array = new TextEncoder().encode('a');",
    "export const text: string = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);",
    "export const encoded: string = btoa(atob('YQ=='));",
  ]);

  expect({ exitCode, output }).toEqual({ exitCode: 0, output: "" });
});

/**
 * Lints each text once as if it stood in core and once as if it stood in the client.
 *
 * @param {readonly string[]} texts
 * @returns {Promise<Set<string>>} Strings such as `oauth-core 0 no-restricted-globals`.
 */
async function lint(texts) {
  const root = temporaryFolder(tmpdir());
  copyFileSync(join(workspaceRoot, ".oxlintrc.json"), join(root, ".oxlintrc.json"));
  for (const name of ["oauth-core", "oauth-client"]) {
    mkdirSync(join(root, "packages", name, "src"), { recursive: true });
    for (const [index, text] of texts.entries()) {
      writeFileSync(join(root, "packages", name, "src", `planted-${index}.ts`), text);
    }
  }
  const command = [join(binaries, "oxlint"), "--format=json", "."];
  const { stdout } = await captureCommand(command, { cwd: root });
  /** @type {{ diagnostics: { code: string, filename: string }[] }} */
  const { diagnostics } = JSON.parse(stdout);
  return new Set(
    diagnostics.map(({ code, filename }) => {
      const [, name, index] = /packages\/([^/]+)\/src\/planted-(\d+)/.exec(filename) ?? [];
      return `${name} ${index} ${/\((.+)\)/.exec(code)?.[1]}`;
    }),
  );
}

it("the linter refuses every impure name and import in core, and only there", async () => {
  const planted = [
    ["no-restricted-imports", "import { readFileSync } from 'node:fs'; readFileSync('a');"],
    ["no-restricted-imports", "import { jwtVerify } from 'jose'; jwtVerify();"],
    ["no-restricted-properties", "export const now = Date.now();"],
    ["no-restricted-properties", "export const number = Math.random();"],
    ["no-restricted-globals", "export const answer = fetch('https://example.com');"],
    ["no-restricted-globals", "setTimeout(String, 1);"],
    ["no-restricted-globals", "process.exit();"],
    ["no-console", "console.log(1);"],
  ];

  const found = await lint(planted.map(([, text = ""]) => text));

  const restricted = [...found].filter((entry) => entry.includes("no-restricted"));
  const expected = planted.map(([rule], index) => `oauth-core ${index} ${rule}`);
  expect([...found]).toEqual(expect.arrayContaining(expected));
  expect(restricted.filter((entry) => entry.startsWith("oauth-client"))).toEqual([]);
});

it("the manifest of core names no dependency at all", () => {
  const manifest = readJsonFile(join(core, "package.json"));

  expect(manifest.dependencies).toBeUndefined();
  expect(manifest.peerDependencies).toBeUndefined();
  expect(manifest.optionalDependencies).toBeUndefined();
});
