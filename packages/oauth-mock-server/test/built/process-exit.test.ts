import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("keeps no process alive by waiting for its own clock", async () => {
  const script = `
    const { createSandbox } = await import("@credicorp/oauth-mock-server");
    const sandbox = await createSandbox();
    sandbox.clock.sleep(3_600_000).then(() => console.log("too early"));
    sandbox.clock.advance("30m");
    console.log("done");
  `;
  const cwd = fileURLToPath(new URL("../..", import.meta.url));

  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", script],
    { cwd },
  );

  expect(stdout).toBe("done\n");
});
