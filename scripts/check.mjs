/**
 * Runs the quick checks of the whole repository, or those named: `npm run check -- lint format`.
 *
 * @module
 */
import { quickChecks, runRepositoryChecks } from "./lib/repository-checks.mjs";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => quickChecks.every((check) => check.name !== name));
const checks = quickChecks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(", ")}`);
  console.error(`there are: ${quickChecks.map(({ name }) => name).join(", ")}`);
  process.exitCode = 1;
} else {
  const { failed } = await runRepositoryChecks(checks);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
