import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { findBoundaryViolations } from "../lib/boundaries.mjs";

const manifests = {
  "packages/oauth-core/package.json": { name: "@credicorp/oauth-core" },
  "packages/oauth-client/package.json": { name: "@credicorp/oauth-client" },
  "packages/oauth-mock-server/package.json": { name: "@credicorp/oauth-mock-server" },
};

/**
 * Writes a workspace with the given files and judges it.
 *
 * @param {Record<string, string>} files
 */
function judge(files) {
  const root = mkdtempSync(join(tmpdir(), "boundaries-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, manifest] of Object.entries(manifests)) {
    write(root, path, JSON.stringify(manifest));
  }
  for (const [path, text] of Object.entries(files)) write(root, path, text);
  return findBoundaryViolations(root);
}

/**
 * @param {string} root
 * @param {string} path
 * @param {string} text
 */
function write(root, path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const core = "packages/oauth-core/src";
const client = "packages/oauth-client/src";

it.each([
  ["import { readFileSync } from 'node:fs';", "may not import node:fs"],
  ["import { readFileSync } from 'fs';", "write node:fs"],
  ["import { jwtVerify } from 'jose';", "may not import jose"],
  ["export type { JWK } from 'jose/types';", "may not import jose/types"],
  ["const jose = await import('jose');", "may not import jose"],
  ["const name = 'jose'; await import(name);", "may not import (computed)"],
  ["type Key = import('jose').JWK;", "may not import jose"],
  ["const fs = require('node:fs');", "may not import node:fs"],
  ["fetch('https://example.com');", "may not name fetch"],
  ["const port = { fetch };", "may not name fetch"],
  ["setTimeout(() => {}, 1);", "may not name setTimeout"],
  ["process.exit();", "may not name process"],
  ["console.log(1);", "may not name console"],
  ["crypto.randomUUID();", "may not name crypto"],
  ["performance.now();", "may not name performance"],
  ["globalThis['fetch']('');", "may not name globalThis"],
  ["Date.now();", "may not name Date.now"],
  ["Date['now']();", "may not name Date.now"],
  ["new Date();", "may not name new Date()"],
  ["Date();", "may not name Date()"],
  ["Math.random();", "may not name Math.random"],
  ["import.meta.url;", "may not name import.meta"],
  ["//\n".repeat(251), "has 251 lines"],
])("finds %j in core", (text, message) => {
  const violations = judge({ [`${core}/planted.ts`]: text });

  expect(violations).toContainEqual(expect.stringContaining(message));
});

it.each([
  ["protocol", "jwt"],
  ["protocol", "testing"],
  ["jwt", "key-set"],
  ["token-cache", "key-set"],
  ["key-set", "token-cache"],
  ["authorization-server", "resource-server"],
  ["resource-server", "authorization-server"],
  ["authorization-server", "token-cache"],
  ["resource-server", "token-cache"],
])("finds an arrow from core's %s to %s", (from, to) => {
  const violations = judge({
    [`${core}/${from}/planted.ts`]: `import { x } from "../${to}/x.ts";`,
    [`${core}/${to}/x.ts`]: "export const x = 1;",
  });

  expect(violations).toEqual([`${core}/${from}/planted.ts:1 src/${from} may not import src/${to}`]);
});

it.each([
  ["@credicorp/oauth-mock-server", client],
  ["@credicorp/oauth-verifier/fastify", client],
  ["zod", client],
  ["@credicorp/oauth-client", "packages/oauth-mock-server/src"],
  ["jose", "packages/oauth-mock-server/src"],
])("finds an import of %s in %s", (specifier, folder) => {
  const violations = judge({ [`${folder}/planted.ts`]: `import * as x from "${specifier}";` });

  expect(violations).toEqual([expect.stringContaining(`may not import ${specifier}`)]);
});

it("finds a relative import of another package, in sources and in tests", () => {
  const violations = judge({
    [`${client}/planted.ts`]: 'import "../../oauth-core/src/errors.ts";',
    "packages/oauth-client/test/planted.test.ts": 'import "../../oauth-core/src/errors.ts";',
  });

  expect(violations).toEqual([
    expect.stringMatching(/^packages\/oauth-client\/src\/planted\.ts:1 .* leaves the folder/),
    expect.stringMatching(
      /^packages\/oauth-client\/test\/planted\.test\.ts:1 .* leaves the folder/,
    ),
  ]);
});

it("finds an import cycle", () => {
  const violations = judge({
    [`${client}/a.ts`]: 'import type { B } from "./b.ts";',
    [`${client}/b.ts`]: 'export { c } from "./c.ts";',
    [`${client}/c.ts`]: 'import "./a.ts";',
  });

  expect(violations).toEqual([
    expect.stringContaining("src/a.ts → src/b.ts → src/c.ts → src/a.ts"),
  ]);
});

it("finds a dependency in a manifest that the table does not allow", () => {
  const manifest = { name: "@credicorp/oauth-client", dependencies: { zod: "1", undici: "1" } };

  const violations = judge({ "packages/oauth-client/package.json": JSON.stringify(manifest) });

  expect(violations).toEqual(["packages/oauth-client/package.json:1 may not depend on zod"]);
});

it("finds a package that is missing in the table", () => {
  const violations = judge({ "packages/oauth-new/package.json": "{}" });

  expect(violations).toEqual(["packages/oauth-new is missing in boundary-table.mjs"]);
});

it("accepts what the rules allow", () => {
  const violations = judge({
    [`${core}/errors.ts`]: "//\n".repeat(249) + "export const now = new Date(0).getTime();",
    [`${core}/jwt/verify.ts`]: [
      'import { now } from "../errors.ts";',
      'import { parse } from "../protocol/parse.ts";',
      "export const port = { fetch: parse, now };",
      "port.fetch(new URL('https://example.com/'));",
    ].join("\n"),
    [`${core}/protocol/parse.ts`]: "export const parse = String;",
    [`${client}/transport.ts`]: [
      'import { createHash } from "node:crypto";',
      'import { OAuthError } from "@credicorp/oauth-core";',
      'const { request } = await import("undici");',
      "export const time = [Date.now(), createHash, OAuthError, request];",
    ].join("\n"),
    "packages/oauth-client/test/transport.test.ts": 'import { time } from "../src/transport.ts";',
  });

  expect(violations).toEqual([]);
});
