import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { captureCommand } from "../lib/commands.mjs";
import { entryPoints } from "../lib/tarballs.mjs";
import {
  listPublishedPackages,
  listWorkspacePackages,
  readJsonFile,
  workspaceRoot,
} from "../lib/workspace.mjs";

const members = listWorkspacePackages();
const published = listPublishedPackages();

it.each(members)("$name has the scripts that every package has", ({ manifest }) => {
  expect(Object.keys(manifest.scripts)).toEqual(
    expect.arrayContaining(["build", "typecheck", "test"]),
  );
});

it.each(members)("$name runs the tests of test/built, if it has any", ({ path, manifest }) => {
  const hasTests = existsSync(join(path, "test/built"));

  expect(manifest.scripts["test:built"] !== undefined).toBe(hasTests);
});

it.each(members)("$name and its tests are in the root project", ({ folder }) => {
  const { references } = readJsonFile(join(workspaceRoot, "tsconfig.json"));

  expect(references).toContainEqual({ path: folder });
  expect(references).toContainEqual({ path: `${folder}/test` });
});

it.each(members)("$name refers to the projects that it depends on", ({ path, manifest }) => {
  const { references = [] } = readJsonFile(join(path, "tsconfig.json"));

  const referred = references.map((/** @type {{ path: string }} */ reference) => {
    return readJsonFile(join(path, reference.path, "package.json")).name;
  });
  const dependencies = Object.keys(manifest.dependencies ?? {});
  const expected = dependencies.filter((name) => members.some((member) => member.name === name));
  expect(referred.toSorted()).toEqual(expected.toSorted());
});

it.each(published)("$name publishes what the workspace sees", ({ manifest }) => {
  const { exports, publishConfig } = manifest;

  const withoutSources = Object.entries(exports).map(([path, target]) => {
    if (typeof target === "string") return [path, target];
    const { "@credicorp/source": source, ...conditions } = target;
    expect(source).toMatch(/^\.\/src\/.+\.ts$/);
    return [path, conditions];
  });
  expect(publishConfig.exports).toEqual(Object.fromEntries(withoutSources));
});

it.each(published)("$name is ESM without side effects, for the Node that we support", (member) => {
  const { bin = {}, sideEffects } = member.manifest;
  // A command is all side effect, and so is the file that it starts.
  const commands = Object.values(bin).flatMap((file) => [file, "./dist/bin.js"]);
  expect(sideEffects || []).toEqual(commands);
  expect(member.manifest).toMatchObject({
    type: "module",
    license: "Apache-2.0",
    engines: { node: ">=20.19" },
    publishConfig: { access: "public", provenance: true },
  });
  expect(entryPoints(member).length).toBeGreaterThan(0);
});

it.each(published)("$name is published by pnpm alone", ({ manifest }) => {
  expect(manifest.scripts.prepublishOnly).toBe("node ../../scripts/refuse-npm-publish.mjs");
});

it("npm refuses to publish", async () => {
  const [member] = published;
  const env = { npm_config_user_agent: "npm/11.0.0 node/v24.0.0" };
  const refused = await captureCommand(["npm", "publish", "--dry-run"], {
    cwd: member?.path ?? "",
    env,
  });

  expect(refused.exitCode).not.toBe(0);
  expect(refused.output).toContain("Publish with pnpm");
});

it("npm's lockfile and registry settings stay out of the repository", () => {
  const lockfile = readFileSync(join(workspaceRoot, "pnpm-lock.yaml"), "utf8");

  expect(lockfile).not.toMatch(/tarball: https?:/);
});
