/**
 * Runs a command with `pnpm` on its PATH: `node scripts/with-pnpm.mjs turbo run build`.
 *
 * @module
 */
import { join } from "node:path";
import { runCommand } from "./lib/commands.mjs";
import { withPnpm } from "./lib/pnpm.mjs";
import { workspaceRoot } from "./lib/workspace.mjs";

const tools = join(workspaceRoot, "node_modules/.bin");

process.exitCode = await runCommand(withPnpm(process.argv.slice(2)), {
  env: { PATH: `${tools}:${process.env["PATH"]}`, TURBO_TELEMETRY_DISABLED: "1" },
});
