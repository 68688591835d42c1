import type { SandboxEndpoint } from "../http/sandbox-paths.ts";
import { pathOf } from "../http/target-path.ts";
import type { RecordedRequest } from "../journal/recorded.ts";

/** Counts since the start: no reset and no bound of the journal takes anything away. */
export interface RequestCounters {
  /** Is to hear of each request. */
  readonly note: (recorded: RecordedRequest) => void;

  /** By endpoint, status and error code, joined by spaces. */
  readonly requests: () => ReadonlyMap<string, number>;

  /** By the reason that callers are not told. */
  readonly refusals: () => ReadonlyMap<string, number>;

  /** By the id of the rule. */
  readonly faults: () => ReadonlyMap<string, number>;
  readonly tokensIssued: () => number;
  readonly rateLimited: () => number;
}

/** Rules are named by whoever adds them: no more names than these are counted each for itself. */
const mostRules = 200;

/** Makes counters; a request costs them two look-ups. */
export function createRequestCounters(
  endpointOf: (path: string) => SandboxEndpoint,
): RequestCounters {
  const requests = new Map<string, number>();
  const refusals = new Map<string, number>();
  const faults = new Map<string, number>();
  let tokensIssued = 0;
  let rateLimited = 0;
  // Most requests are as the one before, and a key that has been looked up is found at once.
  let last = { endpoint: "", status: 0, error: "", key: "" };
  const keyOf = (endpoint: SandboxEndpoint, status: number, error: string): string => {
    if (last.endpoint !== endpoint || last.status !== status || last.error !== error) {
      last = { endpoint, status, error, key: `${endpoint} ${status} ${error}` };
    }
    return last.key;
  };
  return {
    note: ({ request, response, event }) => {
      const endpoint = endpointOf(pathOf(request.target));
      const error = event?.type === "request_refused" ? (event.error ?? "") : "";
      count(requests, keyOf(endpoint, response.status, error));
      if (event?.type === "token_issued") tokensIssued += 1;
      if (event?.type === "request_refused") count(refusals, event.why);
      if (response.status === 429) rateLimited += 1;
      for (const id of response.faults ?? []) {
        count(faults, faults.has(id) || faults.size < mostRules ? id : "others");
      }
    },
    requests: () => requests,
    refusals: () => refusals,
    faults: () => faults,
    tokensIssued: () => tokensIssued,
    rateLimited: () => rateLimited,
  };
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
