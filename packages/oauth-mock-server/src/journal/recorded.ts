import type { Peer } from "@credicorp/oauth-core";
import type { AuditEvent, ClientRecord } from "@credicorp/oauth-core/authorization-server";

import type { SandboxRequest, SandboxResponse } from "../http/sandbox-response.ts";

/** What of its peer is noted: nothing that is shown or explained rests on the certificate. */
type NotedRequest = Omit<SandboxRequest, "peer"> & { readonly peer: Pick<Peer, "address"> };

/** What was decided about a request. */
export interface Decision {
  /** The `X-Request-Id` of the answer. */
  readonly requestId: string | undefined;

  /** Absent: the server was never asked, or for a document that anybody may read. */
  readonly event: AuditEvent | undefined;

  /** Of a refusal: the client as it was registered then. */
  readonly client: ClientRecord | undefined;
}

/**
 * A request as it was, with its secrets: it never leaves the sandbox.
 *
 * To be kept costs a request next to nothing; what may be shown is worked out when somebody looks.
 */
export interface RecordedRequest extends Decision {
  readonly kind: "request";
  readonly sequence: number;

  /** In seconds since the Unix epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly request: NotedRequest;
  readonly response: SandboxResponse;
}

/** A decision beside the requests. */
export interface RecordedDecision {
  readonly kind: "decision";
  readonly sequence: number;

  /** In seconds since the Unix epoch. */
  readonly at: number;
  readonly event: AuditEvent;
}

/** What the journal keeps. */
export type Recorded = RecordedRequest | RecordedDecision;

/** What counts towards a budget: that a token was issued, or that a client could not be authenticated. */
export interface Charge extends Pick<RecordedRequest, "sequence" | "at"> {
  /** The client that got a token; absent: one failed. */
  readonly issuedTo: string | undefined;

  /** Reads the request, which costs more than all the rest. Is to be called before the next request is noted. */
  readonly readRequest: () => NotedRequest;
}
