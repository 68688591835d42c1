import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const suite = fileURLToPath(new URL("support/node-test-suite.mjs", import.meta.url));

it("TST-01 gives each test of node:test a sandbox of its own, and closes it after", async () => {
  const { NODE_TEST_CONTEXT: _outer, ...env } = process.env;

  const run = promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", suite], {
    env,
  });

  const { stdout } = await run;
  expect(stdout).toMatch(/^# pass 4$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});
