import { expect, it } from "vitest";

import { testCommandLine } from "./support/command-line-cases.ts";
import { runProgram } from "./support/run-program.ts";

const program = "verifiers/main.js";
const run = (...args: readonly string[]) => runProgram(program, args);

testCommandLine(program, [
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
]);

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
