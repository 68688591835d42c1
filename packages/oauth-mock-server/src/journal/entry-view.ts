/**
 * From a request as it was to what may be shown of it; worked out once, and not before somebody looks.
 *
 * @module
 */

import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";
import { parseOAuthError } from "@credicorp/oauth-core/protocol";

import type { SandboxEndpoint } from "../http/sandbox-paths.ts";
import type { DecisionEntry, RequestEntry } from "./journal-entry.ts";
import { sentLength } from "../http/delivery.ts";
import { namedClients } from "../http/named-client.ts";
import { pathOf } from "../http/target-path.ts";
import type { HideSecrets } from "../secrets/hide-secrets.ts";
import type { RecordedDecision, RecordedRequest } from "./recorded.ts";
import {
  redactForm,
  redactMethod,
  redactRequestHeaders,
  redactResponseBody,
  redactResponseHeaders,
  redactTarget,
} from "./redaction.ts";
import type { Filtered } from "./request-filter.ts";

/** What a sandbox knows beside the request itself. */
export interface ViewContext {
  readonly isClientId: (id: string) => boolean;

  /** Of a path without its query. */
  readonly endpointOf: (path: string) => SandboxEndpoint;

  /** Begins a look, which may be at many requests. */
  readonly beginLook: () => HideSecrets;
}

/** Looks at a request piece by piece, as a filter asks. */
export function filteredView(recorded: RecordedRequest, context: ViewContext): Filtered {
  const { sequence, at, event, requestId, request, response } = recorded;
  const path = pathOf(request.target);
  return {
    sequence,
    at,
    event,
    requestId,
    path,
    method: request.method,
    status: response.status,
    get endpoint() {
      return context.endpointOf(path);
    },
    get error() {
      return errorOf(recorded);
    },
    get clientId() {
      return clientOf(recorded, context);
    },
  };
}

/** Begins a look at requests: returns the whole of each as it may be shown. */
export function lookAtRequests(context: ViewContext): (recorded: RecordedRequest) => RequestEntry {
  const hide = context.beginLook();
  return (recorded) => requestView(recorded, context, hide);
}

function requestView(
  recorded: RecordedRequest,
  context: ViewContext,
  hide: HideSecrets,
): RequestEntry {
  const { sequence, at, durationMs, requestId, request, response } = recorded;
  const { isClientId, endpointOf } = context;
  const event = recorded.event && withoutCause(recorded.event);
  const jti = event !== undefined && "jti" in event ? event.jti : undefined;
  const path = pathOf(request.target);
  return {
    kind: "request",
    sequence,
    at,
    durationMs,
    requestId,
    endpoint: endpointOf(path),
    clientId: clientOf(recorded, context),
    request: {
      method: redactMethod(request.method, hide),
      ...redactTarget(request.target, hide),
      headers: redactRequestHeaders(request.headers, hide),
      form: redactForm(request, { isClientId, jti, hide }),
      bodyBytes: request.body.length,
      address: request.peer.address,
      ...(request.httpVersion !== undefined && { httpVersion: request.httpVersion }),
    },
    response: {
      status: response.status,
      headers: redactResponseHeaders(response.headers, hide),
      body: redactResponseBody(response.body, { jti, hide }),
      bodyBytes: sentLength(response, { isHead: request.method === "HEAD" }),
      ...(response.delivery !== undefined && { delivery: response.delivery }),
      ...(response.faults !== undefined && { faults: response.faults }),
    },
    error: errorOf(recorded),
    event,
  };
}

/** Returns a decision as it may be shown. */
export function decisionView({ sequence, at, event }: RecordedDecision): DecisionEntry {
  return { kind: "decision", sequence, at, event: withoutCause(event) };
}

function errorOf({ response }: RecordedRequest): string | undefined {
  return response.status < 400 ? undefined : parseOAuthError(response.body)?.error;
}

function clientOf(
  { event, request }: RecordedRequest,
  { isClientId }: ViewContext,
): string | undefined {
  const decided = event !== undefined && "clientId" in event ? event.clientId : undefined;
  return decided ?? namedClients(request).find(isClientId);
}

/** Other people's errors quote what they like. */
function withoutCause(event: AuditEvent): AuditEvent {
  return "cause" in event ? { ...event, cause: undefined } : event;
}
