import { parseOAuthError } from "@credicorp/oauth-core/protocol";

import type { SandboxEndpoint } from "../http/sandbox-paths.ts";
import type { SandboxResponse } from "../http/sandbox-response.ts";
import type { RecordedRequest } from "../journal/recorded.ts";

/** Counts since the start: no reset and no bound of the journal takes anything away. */
export interface RequestCounters {
  /** Is to hear of each request. */
  readonly note: (recorded: RecordedRequest) => void;

  /** By endpoint, status and error code, joined by spaces; the code may have some itself. */
  readonly requests: () => ReadonlyMap<string, number>;

  /** By the reason that callers are not told. */
  readonly refusals: () => ReadonlyMap<string, number>;

  /** By the id of the rule. */
  readonly faults: () => ReadonlyMap<string, number>;
  readonly tokensIssued: () => number;
  readonly rateLimited: () => number;
}

/** Rules, and the errors that they answer with, are named by whoever adds them: no more names are counted than these. */
const mostNames = 200;

/** Makes counters; a request costs them two look-ups. */
export function createRequestCounters(
  endpointOf: (path: string) => SandboxEndpoint,
): RequestCounters {
  const requests = new Map<string, number>();
  const refusals = new Map<string, number>();
  const faults = new Map<string, number>();
  const inventedErrors = new Set<string>();
  let tokensIssued = 0;
  let rateLimited = 0;
  return {
    note: ({ request, response, event }) => {
      const [path = ""] = request.target.split("?", 1);
      const decided = event?.type === "request_refused" ? (event.error ?? "") : undefined;
      const error = decided ?? named(saidError(response), inventedErrors);
      count(requests, `${endpointOf(path)} ${response.status} ${error}`);
      if (event?.type === "token_issued") tokensIssued += 1;
      if (event?.type === "request_refused") count(refusals, event.why);
      if (response.status === 429) rateLimited += 1;
      for (const id of response.faults ?? []) {
        count(faults, faults.has(id) || faults.size < mostNames ? id : "others");
      }
    },
    requests: () => requests,
    refusals: () => refusals,
    faults: () => faults,
    tokensIssued: () => tokensIssued,
    rateLimited: () => rateLimited,
  };
}

/** Returns what an answer says that was no decision; a token that was served well is not read. */
function saidError({
  status,
  faults,
  body,
}: Pick<SandboxResponse, "status" | "faults" | "body">): string {
  if (status < 400 && faults === undefined) return "";
  return parseOAuthError(body)?.error ?? "";
}

function named(name: string, names: Set<string>): string {
  if (name === "" || names.has(name)) return name;
  if (names.size === mostNames) return "others";
  names.add(name);
  return name;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
