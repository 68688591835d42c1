/**
 * Installs the workspace and runs everything that guards a change. `npm test` calls it.
 *
 * Every step runs even when one before it failed; the exit code is 1 when any did.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./lib/commands.mjs";
import { withPnpm } from "./lib/pnpm.mjs";
import { quickChecks, runRepositoryChecks, thoroughChecks } from "./lib/repository-checks.mjs";
import { printSummary } from "./lib/summary.mjs";
import { runTurboTasks } from "./lib/turbo-run.mjs";
import { emptyOutcome, sumOutcomes } from "./lib/vitest-report.mjs";
import { workspaceRoot } from "./lib/workspace.mjs";

const tasks = ["build", "typecheck", "test", "test:built", "test:browser", "check:package"];

rmSync(join(workspaceRoot, ".reports"), { recursive: true, force: true });

const installed = await runCommand(withPnpm(["pnpm", "install", "--frozen-lockfile"]));
const outcome =
  installed === 0
    ? sumOutcomes([
        await runTurboTasks(tasks),
        await runRepositoryChecks([...quickChecks, ...thoroughChecks]),
      ])
    : { ...emptyOutcome(), failed: ["pnpm install --frozen-lockfile"] };

printSummary(outcome);
process.exitCode = outcome.failed.length === 0 ? 0 : 1;
