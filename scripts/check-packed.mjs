/**
 * Packs what is published, installs it with npm outside of the workspace, and uses it there: each
 * package alone, then all together with the apps that tell the end-to-end story.
 *
 * Needs `pnpm` on its PATH, and everything built.
 *
 * @module
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkImports, checkTypes, expectSuccess } from "./lib/consumer.mjs";
import { entryPoints, installInNewProject, packPackage } from "./lib/tarballs.mjs";
import {
  listPublishedPackages,
  listWorkspacePackages,
  readJsonFile,
  workspaceClosure,
  workspaceRoot,
} from "./lib/workspace.mjs";

const published = listPublishedPackages();
const story = listWorkspacePackages().find(({ folder }) => folder === "apps/end-to-end");
if (story === undefined) throw new Error("apps/end-to-end is missing");

const names = new Set(published.map(({ name }) => name));
const apps = workspaceClosure(story, ["dependencies"]).filter(({ name }) => !names.has(name));
const everything = [...published, ...apps];

// The consumer gets the versions that the workspace has itself.
const nodeTypes = `@types/node@${installedVersion("@types/node", workspaceRoot)}`;
const peers = new Set(
  published.flatMap(({ folder: member, manifest }) =>
    Object.keys(manifest["peerDependencies"] ?? {}).map(
      (name) => `${name}@${installedVersion(name, join(workspaceRoot, member))}`,
    ),
  ),
);
const folder = mkdtempSync(join(tmpdir(), "packed-"));

try {
  /** @type {Map<string, string>} */
  const tarballs = new Map();
  for (const member of everything) {
    tarballs.set(member.name, await packPackage(member, folder));
  }
  /** @param {readonly import("./lib/workspace.mjs").WorkspacePackage[]} wanted */
  const tarballsOf = (wanted) => wanted.map(({ name }) => tarballs.get(name) ?? "");

  await Promise.all(
    published.map(async (member) => {
      const project = join(folder, member.name);
      const closure = workspaceClosure(member, ["dependencies"]);
      await installInNewProject(project, [...tarballsOf(closure), nodeTypes]);
      // Sub-paths may need an optional peer: alone, the main entry must do without it.
      await checkTypes(project, [member.name]);
      await checkImports(project, [member.name]);
      console.log(`✓ ${member.name} alone`);
    }),
  );

  const project = join(folder, "together");
  await installInNewProject(project, [...tarballsOf(everything), nodeTypes, ...peers]);
  const entries = published.flatMap(entryPoints);
  await checkTypes(project, entries);
  // A fixture of vitest cannot be made outside of vitest.
  const importable = entries.filter((name) => !name.endsWith("/vitest"));
  await checkImports(project, importable);
  writeFileSync(
    join(project, "fixture.test.js"),
    `import { it } from "@credicorp/oauth-mock-server/vitest";
     it("has a sandbox", async ({ sandbox, expect }) => {
       expect((await sandbox.fetch("/.well-known/jwks.json")).status).toBe(200);
     });`,
  );
  await expectSuccess("vitest", [join(project, "node_modules/.bin/vitest"), "run"], project);
  console.log("✓ every entry point, all packages together");

  for (const bin of published.flatMap(({ manifest }) => Object.keys(manifest["bin"] ?? {}))) {
    await expectSuccess(bin, [join(project, "node_modules/.bin", bin), "--help"], project);
    console.log(`✓ ${bin} --help`);
  }

  // What npx starts answers as the sandbox in a test does.
  const vitest = join(workspaceRoot, "node_modules/.bin/vitest");
  const parity = "packages/oauth-mock-server/test/built/parity.test.ts";
  const packedCommand = join(project, "node_modules/.bin/oauth-mock-server");
  const command = ["env", `CREDICORP_SANDBOX_COMMAND=${packedCommand}`, vitest, "run", "--project"];
  await expectSuccess("parity", [...command, "built", parity], workspaceRoot);
  console.log("✓ the packed oauth-mock-server answers as the sandbox in a test does");

  const demo = join(project, "node_modules", story.name, "dist/demo.js");
  await expectSuccess("story", [process.execPath, demo], project);
  console.log("✓ the end-to-end story");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Returns the version that a package of the workspace has of another one, its own or that of the root.
 *
 * @param {string} name
 * @param {string} member
 */
function installedVersion(name, member) {
  const own = join(member, "node_modules", name, "package.json");
  const hoisted = join(workspaceRoot, "node_modules", name, "package.json");
  return readJsonFile(existsSync(own) ? own : hoisted).version;
}
