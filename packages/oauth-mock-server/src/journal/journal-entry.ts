/**
 * What the journal shows of a request and of the decision about it: nothing that could be used by whoever reads it.
 *
 * @module
 */

import type { HeaderList } from "@credicorp/oauth-core";
import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";

import type { Delivery } from "../http/sandbox-response.ts";
import type { SandboxEndpoint } from "../http/sandbox-paths.ts";

/** A request as it may be shown: secrets, tokens, proofs and cookies are `[redacted]`. */
export interface JournalRequest {
  readonly method: string;

  /** The path, without the query. */
  readonly path: string;

  /** The names of the query with their values redacted; empty without one. */
  readonly query: string;
  readonly headers: HeaderList;

  /** The parameters of a form in their order; absent when the body is none, or cannot be read. */
  readonly form?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly bodyBytes: number;

  /** IP address of the peer. */
  readonly address: string;

  /** Such as `1.1`; absent when it came over no connection. */
  readonly httpVersion?: string | undefined;
}

/** An answer as it may be shown. */
export interface JournalResponse {
  readonly status: number;
  readonly headers: HeaderList;

  /** Tokens in it are replaced by their `jti`, or by `[redacted]`. */
  readonly body: string;

  /** How long it was, as it was sent. */
  readonly bodyBytes: number;

  /** How it was delivered, when badly on purpose. */
  readonly delivery?: Delivery | undefined;

  /** The ids of the fault rules that had a part in it. */
  readonly faults?: readonly string[] | undefined;
}

/** A request that was answered. */
export interface RequestEntry {
  readonly kind: "request";

  /** Counts all entries of the sandbox, from 1. */
  readonly sequence: number;

  /** When it arrived, in seconds since the Unix epoch, by the clock of the sandbox. */
  readonly at: number;

  /** Real time, whatever the clock of the sandbox says. */
  readonly durationMs: number;

  /** The `X-Request-Id` of the answer, by which it is explained; absent when the server itself was never asked. */
  readonly requestId?: string | undefined;
  readonly endpoint: SandboxEndpoint;

  /** The client that the request names, when there is one of that name. */
  readonly clientId?: string | undefined;
  readonly request: JournalRequest;
  readonly response: JournalResponse;

  /** The OAuth error code of a refusal. */
  readonly error?: string | undefined;

  /** The decision, the reason that callers are not told included; documents that anybody may read are none. */
  readonly event?: AuditEvent | undefined;
}

/** A decision that answers no request, such as the rotation of a key. */
export interface DecisionEntry {
  readonly kind: "decision";

  /** Counts all entries of the sandbox, from 1. */
  readonly sequence: number;

  /** In seconds since the Unix epoch, by the clock of the sandbox. */
  readonly at: number;
  readonly event: AuditEvent;
}

/** Something that happened. */
export type JournalEntry = RequestEntry | DecisionEntry;
