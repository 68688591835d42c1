/**
 * Prints what a test run came to.
 *
 * @module
 */

/** @typedef {import("./vitest-report.mjs").Outcome} Outcome */

/**
 * Prints skipped and failed tests by name, then `N passed, N failed, N skipped` as the last line.
 *
 * @param {Outcome} outcome
 */
export function printSummary({ passed, failed, skipped }) {
  printList("Skipped", skipped);
  printList("Failed", failed);
  console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
}

/**
 * @param {string} title
 * @param {readonly string[]} lines
 */
function printList(title, lines) {
  if (lines.length === 0) return;
  console.log(`\n${title}:`);
  for (const line of lines) console.log(`  ${line}`);
}
