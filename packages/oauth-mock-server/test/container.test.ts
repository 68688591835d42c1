import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { container } from "./built/support/container.ts";

const instructions = (await readFile(new URL("../Dockerfile", import.meta.url), "utf8"))
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

function only(name: string): string {
  const found = instructions.filter((line) => line.startsWith(`${name} `));
  expect(found).toHaveLength(1);
  return (found[0] ?? "").slice(name.length + 1);
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

  it("CMD-08 is not root, stops on SIGTERM, and installs the published package without scripts", () => {
    const user = instructions.indexOf("USER node");

    expect(user).toBeGreaterThan(instructions.findIndex((line) => line.startsWith("RUN ")));
    expect(user).toBeLessThan(instructions.findIndex((line) => line.startsWith("ENTRYPOINT ")));
    expect(only("STOPSIGNAL")).toBe("SIGTERM");
    expect(only("RUN")).toMatch(
      /npm install --global .*--ignore-scripts "@credicorp\/oauth-mock-server@/,
    );
  });
});
