import { expect, it } from "vitest";

import { testCommandLine } from "./support/command-line-cases.ts";
import { runProgram } from "./support/run-program.ts";

const program = "clients/main.js";
const run = (...args: readonly string[]) => runProgram(program, args);

testCommandLine(program, [
  {
    name: "a library that is not there",
    args: ["--only", "zzz"],
    message: 'has "zzz" in its name',
  },
  {
    name: "half of a document",
    args: ["--write", "--counts"],
    message: "--write needs everything",
  },
]);

it("CLI-01 CLI-02 CLI-09 CLI-10 CLI-11 CLI-31 finds our client all green, and a peer not", async () => {
  const { code, stdout, stderr } = await run("--counts", "--check", "--only", "/oauth");

  const [own = "", peer = ""] = stdout.split("@badgateway/oauth2-client");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(own.match(/✓/g)).toHaveLength(6);
  expect(own).not.toContain("✗");
  expect(peer).toContain("✗ 5 calls, no `expires_in`: 1, kept for ever");
});

it("exits with 1 when our client was not observed", async () => {
  const { code, stderr } = await run("--counts", "--check", "--only", "@badgateway");

  expect(code).toBe(1);
  expect(stderr).toContain("is not green: it was not observed");
});
