import type { Reason } from "./facts.ts";
import { formatList } from "./wording.ts";

/** Why a request was refused that the server never saw. */
export const explainFaultRule: Reason = ({ entry }) => {
  const rules = formatList(entry.response.faults ?? []);
  return {
    cause: `A fault rule answered in the server's place (${rules}): nothing was wrong with the request`,
    remedy: `React as to the real thing; to end it, remove the rule ${rules}, or end its scenario`,
    rfc: entry.response.status === 429 ? "RFC 6585 section 4" : "RFC 9110 section 15",
  };
};
