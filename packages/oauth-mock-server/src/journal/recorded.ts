import type { ServerRequest } from "@credicorp/oauth-core";
import type { AuditEvent, ClientRecord } from "@credicorp/oauth-core/authorization-server";

import type { SandboxResponse } from "../http/sandbox-response.ts";

/**
 * A request as it was, with its secrets: it never leaves the sandbox.
 *
 * To be kept costs a request next to nothing; what may be shown is worked out when somebody looks.
 */
export interface RecordedRequest {
  readonly kind: "request";
  readonly sequence: number;

  /** In seconds since the Unix epoch. */
  readonly at: number;
  readonly durationMs: number;
  readonly request: ServerRequest;
  readonly response: SandboxResponse;
  readonly requestId: string | undefined;
  readonly event: AuditEvent | undefined;

  /** Of a refusal: the client as it was registered then. */
  readonly client: ClientRecord | undefined;
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
