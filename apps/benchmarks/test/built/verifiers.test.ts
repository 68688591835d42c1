import { expect, it } from "vitest";

import { runProgram } from "./support/run-program.ts";

const run = (...args: readonly string[]) => runProgram("verifiers/main.js", args);

it("explains itself", async () => {
  const { code, stdout } = await run("--help");

  expect(code).toBe(0);
  expect(stdout).toContain("--check");
});

it.each([
  { name: "an unknown option", args: ["--fast"], message: "Unknown option '--fast'" },
  {
    name: "a library that is not there",
    args: ["--only", "zzz"],
    message: 'has "zzz" in its name',
  },
  {
    name: "half of a document",
    args: ["--write", "--only", "jose"],
    message: "--write needs every library",
  },
])("exits with 2 for $name", async ({ args, message }) => {
  const { code, stderr } = await run(...args);

  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

it("ATK-16 ATK-17 ATK-40 finds our verifier all green", async () => {
  const { code, stdout, stderr } = await run("--check", "--only", "/oauth");

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.match(/✓/g)).toHaveLength(8);
  expect(stdout).not.toContain("✗");
});

it("finds a peer not green, and exits with 1 when ours was not observed", async () => {
  const { code, stdout, stderr } = await run("--check", "--only", "jose");

  expect(code).toBe(1);
  expect(stdout).toContain("✗ issuer down for 30 min: 200 good tokens: 200 fetches, refused");
  expect(stderr).toContain("is not green: it was not observed");
});
