import { expect, it } from "vitest";

import { testCommandLine } from "./support/command-line-cases.ts";
import { runProgram } from "./support/run-program.ts";

const program = "main.js";
const run = (...args: readonly string[]) => runProgram(program, args);

testCommandLine(program, [
  {
    name: "a name that no benchmark has",
    args: ["--only", "zzz"],
    message: 'has "zzz" in its name',
  },
]);

it("issues tokens with all servers, each in a process of its own", async () => {
  const { code, stdout } = await run("--only", "issued, ES256", "--rounds", "1");

  expect(code).toBe(0);
  expect(stdout).toMatch(/ours +[1-9][\d,]* tokens\/s/);
  expect(stdout).toMatch(/limit +[1-9][\d,]* tokens\/s/);
  expect(stdout).toMatch(/\d times oidc-provider/);
  expect(stdout).toMatch(/\d times oauth2-mock-server/);
});

it("verifies tokens that it has not seen", async () => {
  const { code, stdout } = await run("--only", "verified, ES256", "--rounds", "1");

  expect(code).toBe(0);
  expect(stdout).toMatch(/ratio +\d+\.\d\d/);
  for (const peer of ["jose", "fast-jwt", "aws-jwt-verify", "jsonwebtoken"]) {
    expect(stdout).toMatch(new RegExp(`\\d times ${peer}\n`));
  }
});

it("verifies tokens that it has seen", async () => {
  const { code, stdout } = await run("--only", "1,000 in turn", "--rounds", "1");

  expect(code).toBe(0);
  expect(stdout.match(/ratio +\d+\.\d\d/g)).toHaveLength(2);
  expect(stdout.match(/\d times fast-jwt with its cache/g)).toHaveLength(2);
});

it("measures a guarded route beside the same one without a guard", async () => {
  const { code, stdout } = await run("--only", "guarded route", "--rounds", "1");

  expect(code).toBe(0);
  expect(stdout).toMatch(/ratio +\d+\.\d\d/);
});

it.each(["getToken", "peekToken", "interceptor", "client.fetch"])(
  "measures the client by %s",
  async (name) => {
    const { code, stdout } = await run("--only", name, "--rounds", "1");

    expect(code).toBe(0);
    expect(stdout).toMatch(/ours +[1-9][\d,]* /);
    expect(stdout).toMatch(/limit +[1-9][\d,]* /);
  },
);
