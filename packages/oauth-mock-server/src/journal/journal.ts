import type { Clock, MaybePromise, ServerRequest, VersionedRecord } from "@credicorp/oauth-core";
import { singleHeaderValue } from "@credicorp/oauth-core";
import type {
  AuditEvent,
  AuditListener,
  ClientRecord,
} from "@credicorp/oauth-core/authorization-server";
import { systemClock } from "@credicorp/oauth-runtime";

import type { SandboxHandler, SandboxRequest, SandboxResponse } from "../http/sandbox-response.ts";
import type { ViewContext } from "./entry-view.ts";
import { decisionView, filteredView, lookAtRequests } from "./entry-view.ts";
import type { JournalBounds } from "./journal-bounds.ts";
import { checkJournalBounds } from "./journal-bounds.ts";
import type { DecisionEntry, RequestEntry } from "./journal-entry.ts";
import { createRecordFormat } from "./record-format.ts";
import type { Charge, Decision, Recorded, RecordedRequest } from "./recorded.ts";
import type { RequestFilter } from "./request-filter.ts";
import { matches, mayMatch } from "./request-filter.ts";
import type { RingItem } from "./ring.ts";
import { createRing } from "./ring.ts";

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

  /** The numbers of requests, from the oldest to the youngest: nothing else of them is worked out. */
  readonly sequences: (filter?: RequestFilter) => readonly number[];

  /** The number of the oldest entry, or of the next one. */
  readonly oldestSequence: () => number;

  /** Calls the listener after each request that is meant, until the returned function is called. */
  readonly follow: (filter: RequestFilter, listener: (sequence: number) => void) => () => void;
  readonly decisions: () => readonly DecisionEntry[];

  /** The request with an id, as it was. */
  readonly find: (requestId: string) => RecordedRequest | undefined;

  /** What counts towards a budget, from the youngest to the oldest. */
  readonly chargesNewestFirst: () => IterableIterator<Charge>;

  /** Forgets all requests that have arrived, those included that are in flight. */
  readonly clear: () => void;
}

/** Answers a request; the server may be asked something else in its place. */
export type DecidingHandler = (
  request: PassingRequest,
  asked?: ServerRequest,
) => Promise<SandboxResponse>;

/** A request on its way: what is decided about it within is noted on it for the layer without. */
interface PassingRequest extends SandboxRequest {
  decision?: Decision | undefined;
}

/** What a journal needs of its sandbox. */
export interface JournalContext extends ViewContext {
  readonly clock: Pick<Clock, "now">;
  readonly findClient: (id: string) => MaybePromise<VersionedRecord<ClientRecord> | undefined>;
}

/** What of an entry can be had without reading it: whom a token was issued to, or what is known of a refusal. */
type Label = string | Refusal | undefined;

interface Refusal {
  /** All refusals of a client share its record. */
  readonly client: ClientRecord | undefined;

  /** Whether the client could not be authenticated. */
  readonly isFailure: boolean;
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

// About as much as a slot of the ring with an id takes.
const labelBytes = 128;

/** Makes a journal that is empty. */
export function createJournal(bounds: JournalBounds, context: JournalContext): Journal {
  const { maxEntries, maxBytes } = checkJournalBounds(bounds);
  const ring = createRing<Label>({ maxItems: maxEntries, maxBytes, labelBytes });
  const { format, parse } = createRecordFormat();
  // Between the decision and its answer, which follows at once: there are hardly ever two.
  const events: AuditEvent[] = [];
  let clearings = 0;
  const listeners = new Set<(recorded: RecordedRequest) => void>();

  const takeEvent = (requestId: string): AuditEvent | undefined => {
    const index = events.findLastIndex((event) => event.requestId === requestId);
    return index === -1 ? undefined : events.splice(index, 1)[0];
  };
  const findClient = async (event: AuditEvent): Promise<ClientRecord | undefined> => {
    const clientId = "clientId" in event ? event.clientId : undefined;
    // Of no client too: who is known must not be told by how long an answer takes.
    return (await context.findClient(clientId ?? ""))?.value;
  };
  const readItem = ({ sequence, at, id, label, copyRecord }: RingItem<Label>): Recorded => {
    const noted = parse(copyRecord());
    if (noted.kind === "decision") return { kind: "decision", sequence, at, event: noted.event };
    const { kind, durationMs, event, request, response } = noted;
    const client = typeof label === "string" ? undefined : label?.client;
    return { kind, sequence, at, durationMs, request, response, requestId: id, event, client };
  };
  const readRequest = ({ copyRecord }: RingItem<Label>): ReturnType<Charge["readRequest"]> => {
    const noted = parse(copyRecord());
    // Decisions beside the requests are no charges.
    return (noted as Extract<typeof noted, { kind: "request" }>).request;
  };
  function* requests(filter: RequestFilter): IterableIterator<RecordedRequest> {
    for (const item of ring.items()) {
      if (!mayMatch(item, filter)) continue;
      const one = readItem(item);
      if (one.kind === "request" && matches(filteredView(one, context), filter)) yield one;
    }
  }

  const subscribe: Journal["subscribe"] = (listener) => {
    const own = (recorded: RecordedRequest): void => listener(recorded);
    listeners.add(own);
    return () => void listeners.delete(own);
  };

  return {
    withJournal: (handle) => async (received) => {
      const { method, target, headers, body, peer, httpVersion } = received;
      // An object of its own: nobody else's is written on, and two requests that are one object are told apart.
      const request: PassingRequest = {
        method,
        target,
        headers,
        body,
        peer,
        httpVersion,
        decision: undefined,
      };
      const began = clearings;
      const at = context.clock.now();
      const startedAtMs = systemClock.monotonicMs();
      const response = await handle(request);
      if (clearings !== began) return response;
      const durationMs = systemClock.monotonicMs() - startedAtMs;
      const decision = request.decision ?? undecided(response);
      const recorded: RecordedRequest = {
        kind: "request",
        sequence: ring.nextSequence(),
        at,
        durationMs,
        request,
        response,
        requestId: decision.requestId,
        event: decision.event,
        client: decision.client,
      };
      ring.append(format(recorded), { at, id: decision.requestId, label: labelOf(decision) });
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
        request.decision = { requestId, event, client };
        return response;
      },
    hear: (event) => {
      if (answering.has(event.type)) events.push(event);
      else {
        const { at } = event;
        ring.append(format({ kind: "decision", event }), { at, id: undefined, label: undefined });
      }
    },
    subscribe,
    follow: (filter, listener) =>
      subscribe((recorded) => {
        if (matches(filteredView(recorded, context), filter)) listener(recorded.sequence);
      }),
    oldestSequence: ring.oldestSequence,
    list: (filter = {}) => Array.from(requests(filter), lookAtRequests(context)),
    sequences: (filter = {}) => Array.from(requests(filter), ({ sequence }) => sequence),
    decisions: () =>
      Array.from(ring.items(), readItem).flatMap((one) =>
        one.kind === "decision" ? [decisionView(one)] : [],
      ),
    find: (requestId) => {
      for (const item of ring.newestFirst()) {
        const one = item.id === requestId ? readItem(item) : undefined;
        if (one?.kind === "request") return one;
      }
      return undefined;
    },
    *chargesNewestFirst() {
      for (const item of ring.newestFirst()) {
        const { sequence, at, label } = item;
        const issuedTo = typeof label === "string" ? label : undefined;
        if (issuedTo === undefined && !isFailure(label)) continue;
        yield { sequence, at, issuedTo, readRequest: () => readRequest(item) };
      }
    },
    clear: () => {
      clearings += 1;
      ring.clear();
    },
  };
}

function labelOf({ event, client }: Decision): Label {
  if (event?.type === "token_issued") return event.clientId;
  const hasFailed = event?.type === "request_refused" && event.error === "invalid_client";
  return client === undefined && !hasFailed ? undefined : { client, isFailure: hasFailed };
}

function isFailure(label: Label): boolean {
  return typeof label === "object" && label.isFailure;
}

/** Of a request that never came to the server. */
function undecided(response: SandboxResponse): Decision {
  return { requestId: requestIdOf(response), event: undefined, client: undefined };
}

function requestIdOf({ headers }: Pick<SandboxResponse, "headers">): string | undefined {
  return singleHeaderValue(headers, "x-request-id");
}
