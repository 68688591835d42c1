import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { commandOptions, optionNames, variableOf } from "../src/command/options.ts";
import { container } from "./built/support/container.ts";

const manifest = JSON.parse(
  await readFile(new URL("../package.json", import.meta.url), "utf8"),
) as {
  readonly name: string;
  readonly license: string;
  readonly publishConfig: { readonly bin: Readonly<Record<string, string>> };
};
const instructions = (await readFile(new URL("../Dockerfile", import.meta.url), "utf8"))
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

function only(start: string): string {
  const found = instructions.filter(
    (line) => /^[ =]/.test(line.slice(start.length)) && line.startsWith(start),
  );
  expect(found).toHaveLength(1);
  return (found[0] ?? "").slice(start.length + 1);
}

// No image is built here: what it runs is held against what the tests of the built command run.
describe("the Dockerfile", () => {
  it("CMD-08 runs as its entry point and as its health check what the tests run", () => {
    const [, health = ""] = /CMD (\[.*\])$/.exec(only("HEALTHCHECK")) ?? [];

    expect(JSON.parse(only("ENTRYPOINT"))).toEqual(container.entrypoint);
    expect(JSON.parse(health)).toEqual(container.health);
    expect(instructions.some((line) => line.startsWith("CMD "))).toBe(false);
  });

  it("CMD-08 sets the variables with which the tests run it, and no other", () => {
    const variables = instructions
      .filter((line) => line.startsWith("ENV "))
      .map((line) => line.slice("ENV ".length).split("=", 2));

    expect(Object.fromEntries(variables)).toEqual(container.environment);
  });

  it("CMD-08 is a user that is known not to be root by its number, stops on SIGTERM, and installs the published package without scripts", () => {
    const user = instructions.indexOf("USER 1000:1000");

    expect(user).toBeGreaterThan(instructions.findIndex((line) => line.startsWith("RUN ")));
    expect(user).toBeLessThan(instructions.findIndex((line) => line.startsWith("ENTRYPOINT ")));
    expect(only("STOPSIGNAL")).toBe("SIGTERM");
    expect(only("RUN")).toMatch(
      /npm install --global --omit=dev .*--ignore-scripts .*"@credicorp\/oauth-mock-server@\$\{VERSION:\?/,
    );
  });

  it("CMD-08 has a base with a tag, copies nothing, and sends nothing to the builder", async () => {
    const base = only("ARG NODE_IMAGE");
    const ignored = await readFile(new URL("../.dockerignore", import.meta.url), "utf8");

    expect(base).toMatch(/^node:\d+-[a-z]+-slim$/);
    expect(only("FROM")).toBe("${NODE_IMAGE}");
    expect(instructions.filter((line) => /^(?:COPY|ADD) /.test(line))).toEqual([]);
    expect(ignored.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
      "*",
    ]);
  });

  it("CMD-08 names a package, a command and a port that there are", () => {
    const { name, publishConfig } = manifest;

    expect(only("RUN")).toContain(`"${name}@`);
    expect(only("LABEL")).toContain(`licenses="${manifest.license}"`);
    expect(Object.keys(publishConfig.bin)).toContain(container.entrypoint[0]);
    expect(Object.keys(publishConfig.bin)).toContain(container.health[0]);
    expect(only("EXPOSE")).toBe(String(commandOptions.port.fallback));
  });

  it("CMD-08 and its documentation know no variable that the command does not read", async () => {
    const texts = [
      instructions.join("\n"),
      await readFile(new URL("../../../docs/container.md", import.meta.url), "utf8"),
    ];
    const variables = new Set(texts.join("\n").match(/CREDICORP_SANDBOX_\w+/g));

    expect(variables.size).toBeGreaterThan(6);
    expect(optionNames.map(variableOf)).toEqual(expect.arrayContaining([...variables]));
  });
});
