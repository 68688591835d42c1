/**
 * Fails when a package imports what it may not, when core names the world, when a source file is
 * too long, or when files import each other in a circle. The rules are in `lib/boundary-table.mjs`.
 *
 * @module
 */
import { findBoundaryViolations } from "./lib/boundaries.mjs";
import { workspaceRoot } from "./lib/workspace.mjs";

const violations = findBoundaryViolations(workspaceRoot);
for (const violation of violations) console.error(violation);
console.log(`boundaries: ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
