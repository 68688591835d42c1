import type { UndecidedReason } from "./explanation.ts";
import type { Reason } from "./facts.ts";
import { formatList } from "./wording.ts";

/** By the status with which a request is refused before it reaches the server. */
export const guardReasons: Readonly<Record<number, UndecidedReason | undefined>> = {
  403: "cross_site",
  421: "host_not_ours",
};

/** Why requests are not served that the server did not decide on. */
export const undecidedReasons: Readonly<Record<UndecidedReason, Reason>> = {
  request_failed: () => ({
    cause: "The server failed unexpectedly: that is a bug of the sandbox, and not of the request",
    remedy: "Report it with the request id",
    rfc: "RFC 9110 section 15.6.1",
  }),
  fault_rule: ({ entry }) => {
    const rules = formatList(entry.response.faults ?? []);
    return {
      cause: `A fault rule answered in the server's place (${rules}): nothing was wrong with the request`,
      remedy: `React as to the real thing; to end it, remove the rule ${rules}, or end its scenario`,
      rfc: entry.response.status === 429 ? "RFC 6585 section 4" : "RFC 9110 section 15",
    };
  },
  host_not_ours: ({ entry }) => {
    const host = entry.request.headers.find(([name]) => name.toLowerCase() === "host")?.[1];
    return {
      cause: `The Host field is ${host ?? "missing"}, which names neither this machine nor the issuer`,
      remedy: "Call the sandbox by its URL, or add the name to allowedHosts (--allowed-hosts)",
      rfc: "RFC 9110 section 15.5.20",
    };
  },
  cross_site: () => ({
    cause: "A page of another site sent the request: only metadata and JWKS are for pages",
    remedy: "Ask for tokens from a back end, where no page can read the secret",
    rfc: "RFC 9110 section 15.5.4",
  }),
};
