/**
 * Runs before a package is published, and refuses all but pnpm: it alone puts versions in the place of `workspace:`, and
 * what `publishConfig` says in that of the paths to sources.
 *
 * @module
 */
import { existsSync } from "node:fs";

const agent = process.env["npm_config_user_agent"] ?? "";

if (!agent.startsWith("pnpm/")) {
  console.error(
    "Publish with pnpm, or by `pnpm run release:publish`: npm would publish a package that nobody can install.",
  );
  process.exitCode = 1;
} else if (!existsSync("dist")) {
  console.error("There is nothing to publish yet: run `npm run build` first.");
  process.exitCode = 1;
}
