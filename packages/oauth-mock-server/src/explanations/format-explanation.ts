import type { Explanation } from "./explanation.ts";

/** Writes an explanation for a terminal. */
export function formatExplanation(explanation: Explanation): string {
  const { summary, remedy, rfc, requestId, docs } = explanation;
  return `${summary}\n  → ${remedy} (${rfc})\n  ${docs}  request ${requestId}\n`;
}
