/**
 * Fails when a published package exports something else than its report in `docs/api` says. With
 * `--write` it writes the reports. Needs everything built.
 *
 * @module
 */
import { checkApiReport } from "./lib/api-report.mjs";
import { listPublishedPackages } from "./lib/workspace.mjs";

const write = process.argv.includes("--write");

const problems = listPublishedPackages().flatMap((member) =>
  Object.entries(member.manifest["publishConfig"].exports)
    .filter(([subPath]) => !subPath.endsWith(".json"))
    .map(([subPath, target]) => checkApiReport(member, { subPath, types: target.types, write }))
    .filter((problem) => problem !== undefined),
);

for (const problem of problems) console.error(problem);
console.log(`API reports: ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
