import type { Clock, MaybePromise, ServerRequest, VersionedRecord } from "@credicorp/oauth-core";
import { singleHeaderValue } from "@credicorp/oauth-core";
import type {
  AuditEvent,
  AuditListener,
  ClientRecord,
} from "@credicorp/oauth-core/authorization-server";
import { systemClock } from "@credicorp/oauth-runtime";

import type { SandboxHandler, SandboxResponse } from "../http/sandbox-response.ts";
import type { ViewContext } from "./entry-view.ts";
import { decisionView, filteredView, requestView } from "./entry-view.ts";
import type { JournalBounds } from "./journal-bounds.ts";
import { checkJournalBounds } from "./journal-bounds.ts";
import type { DecisionEntry, RequestEntry } from "./journal-entry.ts";
import type { Recorded, RecordedRequest } from "./recorded.ts";
import type { RequestFilter } from "./request-filter.ts";
import { matches } from "./request-filter.ts";
import { createRing } from "./ring.ts";
import { entryBytes, sizeOf } from "./recorded-size.ts";

/** The memory of a sandbox: what it was asked, what it answered, and what it decided. */
export interface Journal {
  /** The outermost layer: notes each request with the answer that really leaves. */
  readonly withJournal: (handle: SandboxHandler) => SandboxHandler;

  /** The innermost layer, around the server itself: notes what it decided, whatever is made of its answer. */
  readonly withDecision: (handle: SandboxHandler) => DecidingHandler;

  /** Is to hear every event of the server. */
  readonly hear: AuditListener;

  /** Calls the listener after each request, until the returned function is called. */
  readonly subscribe: (listener: (recorded: RecordedRequest) => void) => () => void;
  readonly list: (filter?: RequestFilter) => readonly RequestEntry[];
  readonly count: (filter?: RequestFilter) => number;
  readonly decisions: () => readonly DecisionEntry[];

  /** The request with an id, as it was. */
  readonly find: (requestId: string) => RecordedRequest | undefined;

  /** What was decided, from the youngest to the oldest. */
  readonly decidedNewestFirst: () => IterableIterator<Decided>;

  /** Forgets all requests that have arrived, those included that are in flight. */
  readonly clear: () => void;
}

/** A decision, and the request that it answers, which is put together when it is asked for: the journal is long. */
export interface Decided {
  readonly sequence: number;
  readonly event: AuditEvent;
  readonly readRequest: () => Pick<RecordedRequest["request"], "headers" | "body">;
}

/** Answers a request; the server may be asked something else in its place. */
export type DecidingHandler = (
  request: ServerRequest,
  asked?: ServerRequest,
) => Promise<SandboxResponse>;

/** What a journal needs of its sandbox. */
export interface JournalContext extends ViewContext {
  readonly clock: Pick<Clock, "now">;
  readonly findClient: (id: string) => MaybePromise<VersionedRecord<ClientRecord> | undefined>;
}

interface Decision {
  readonly requestId: string | undefined;
  readonly event: AuditEvent | undefined;
  readonly client: ClientRecord | undefined;
}

// Of these events each answers one request; all others happen beside them.
const answering = new Set<AuditEvent["type"]>([
  "token_issued",
  "token_introspected",
  "token_revoked",
  "revocation_ignored",
  "request_refused",
  "request_failed",
]);

/** Makes a journal that is empty. */
export function createJournal(bounds: JournalBounds, context: JournalContext): Journal {
  const { maxEntries, maxBytes } = checkJournalBounds(bounds);
  const ring = createRing<Recorded>({ maxItems: maxEntries, maxBytes });
  const events = new Map<string, AuditEvent>();
  // Of requests in flight. A WeakMap would cost more than all the rest of the journal.
  const decisions = new Map<ServerRequest, Decision>();
  let clearings = 0;
  const listeners = new Set<(recorded: RecordedRequest) => void>();

  const takeEvent = (requestId: string): AuditEvent | undefined => {
    const event = events.get(requestId);
    events.delete(requestId);
    return event;
  };
  const findClient = async (event: AuditEvent): Promise<ClientRecord | undefined> => {
    const clientId = "clientId" in event ? event.clientId : undefined;
    // Of no client too: who is known must not be told by how long an answer takes.
    return (await context.findClient(clientId ?? ""))?.value;
  };
  const takeDecision = (request: ServerRequest): Decision | undefined => {
    const decision = decisions.get(request);
    decisions.delete(request);
    return decision;
  };
  const requests = (filter: RequestFilter): readonly RecordedRequest[] =>
    ring.items().filter((recorded): recorded is RecordedRequest => {
      return recorded.kind === "request" && matches(filteredView(recorded, context), filter);
    });

  return {
    withJournal: (handle) => async (received) => {
      // An object of its own: by it the layers within know the request again.
      const request = { ...received };
      const began = clearings;
      const at = context.clock.now();
      const startedAtMs = systemClock.monotonicMs();
      const response = await handle(request);
      const decision = takeDecision(request);
      if (clearings !== began) return response;
      const recorded: RecordedRequest = {
        kind: "request",
        sequence: ring.nextSequence(),
        at,
        durationMs: systemClock.monotonicMs() - startedAtMs,
        request,
        response,
        requestId: decision?.requestId ?? requestIdOf(response),
        event: decision?.event,
        client: decision?.client,
      };
      ring.append(recorded, sizeOf(recorded));
      for (const listener of listeners) listener(recorded);
      return response;
    },
    withDecision:
      (handle) =>
      async (request, asked = request) => {
        const response = await handle(asked);
        const requestId = requestIdOf(response);
        const event = requestId === undefined ? undefined : takeEvent(requestId);
        const isServed = event === undefined || event.type === "token_issued";
        const client = isServed ? undefined : await findClient(event);
        decisions.set(request, { requestId, event, client });
        return response;
      },
    hear: (event) => {
      if (answering.has(event.type)) events.set(event.requestId, event);
      else {
        const sequence = ring.nextSequence();
        ring.append({ kind: "decision", sequence, at: event.at, event }, entryBytes);
      }
    },
    subscribe: (listener) => {
      const own = (recorded: RecordedRequest): void => listener(recorded);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    list: (filter = {}) => requests(filter).map((recorded) => requestView(recorded, context)),
    count: (filter = {}) => requests(filter).length,
    decisions: () =>
      ring.items().flatMap((one) => (one.kind === "decision" ? [decisionView(one)] : [])),
    find: (requestId) => {
      for (const one of ring.newestFirst()) {
        if (one.kind === "request" && one.requestId === requestId) return one;
      }
      return undefined;
    },
    *decidedNewestFirst() {
      for (const one of ring.newestFirst()) {
        const { sequence, event } = one;
        if (one.kind === "decision" || event === undefined) continue;
        yield { sequence, event, readRequest: () => one.request };
      }
    },
    clear: () => {
      clearings += 1;
      ring.clear();
    },
  };
}

function requestIdOf({ headers }: Pick<SandboxResponse, "headers">): string | undefined {
  return singleHeaderValue(headers, "x-request-id");
}
