import type { RefusalReason } from "@credicorp/oauth-core/authorization-server";

import type { SandboxEndpoint } from "../http/sandbox-paths.ts";
import type { RequestEntry } from "./journal-entry.ts";

/** Which requests are meant: those for which all that is given holds. */
export interface RequestFilter {
  readonly endpoint?: SandboxEndpoint | undefined;
  readonly method?: string | undefined;

  /** The client that the request names. */
  readonly clientId?: string | undefined;

  /** Of the answer. */
  readonly status?: number | undefined;

  /** The OAuth error code of the answer. */
  readonly error?: string | undefined;

  /** The reason behind a refusal, which the caller is not told. */
  readonly why?: RefusalReason | undefined;

  /** A text that the path contains. */
  readonly path?: string | undefined;

  /** The `X-Request-Id` of the answer. */
  readonly requestId?: string | undefined;

  /** Seconds since the Unix epoch, by the clock of the sandbox: requests of this moment or later. */
  readonly since?: number | undefined;

  /** Only entries behind this one. */
  readonly afterSequence?: number | undefined;
}

/** What is compared: the parts of an entry that cost nothing come first, and the others are not worked out in vain. */
export type Filtered = Pick<
  RequestEntry,
  "at" | "sequence" | "requestId" | "endpoint" | "event" | "error" | "clientId"
> & {
  readonly method: string;
  readonly path: string;
  readonly status: number;
};

/** Tells, by what is known without reading it, whether an entry may be meant. */
export function mayMatch(
  { id, at, sequence }: Pick<Filtered, "at" | "sequence"> & { readonly id: string | undefined },
  { requestId, since, afterSequence }: RequestFilter,
): boolean {
  return (
    isAny(requestId, id) &&
    (since === undefined || at >= since) &&
    (afterSequence === undefined || sequence > afterSequence)
  );
}

/** Tells whether an entry is meant. */
export function matches(entry: Filtered, filter: RequestFilter): boolean {
  const { event } = entry;
  const why = event?.type === "request_refused" ? event.why : undefined;
  return (
    isAny(filter.status, entry.status) &&
    isAny(filter.method, entry.method) &&
    isAny(filter.requestId, entry.requestId) &&
    isAny(filter.endpoint, entry.endpoint) &&
    isAny(filter.why, why) &&
    (filter.since === undefined || entry.at >= filter.since) &&
    (filter.afterSequence === undefined || entry.sequence > filter.afterSequence) &&
    (filter.path === undefined || entry.path.includes(filter.path)) &&
    (filter.error === undefined || filter.error === entry.error) &&
    (filter.clientId === undefined || filter.clientId === entry.clientId)
  );
}

function isAny<Value>(wanted: Value | undefined, value: Value | undefined): boolean {
  return wanted === undefined || wanted === value;
}
