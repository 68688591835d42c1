import type { Explanation } from "./explanation.ts";

/** Writes an explanation for a terminal. */
export function formatExplanation(explanation: Explanation): string {
  const { summary, remedy, rfc, requestId, docs } = explanation;
  const text = `${summary}\n  → ${remedy} (${rfc})\n  ${docs}  request ${requestId}\n`;
  // Strangers write paths and hosts: what would steer a terminal is shown by a sign.
  return text.replace(/(?!\n)\p{Cc}/gu, "\uFFFD");
}
