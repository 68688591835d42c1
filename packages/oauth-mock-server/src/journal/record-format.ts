/**
 * What the journal keeps of a request, of its answer and of a decision, as bytes.
 *
 * @module
 */

import type { HeaderList } from "@credicorp/oauth-core";

import type { SandboxResponse } from "../http/sandbox-response.ts";
import { createEventFormat } from "./event-format.ts";
import type { RecordReader, RecordWriter } from "./record-bytes.ts";
import { createRecordReader, createRecordWriter } from "./record-bytes.ts";
import type { RecordedDecision, RecordedRequest } from "./recorded.ts";

/** What of an entry is in its record. */
export type Noted = NotedExchange | NotedDecision;

type NotedExchange = Pick<
  RecordedRequest,
  "kind" | "durationMs" | "event" | "request" | "response"
>;
type NotedDecision = Pick<RecordedDecision, "kind" | "event">;

/** Writes entries as records, and reads them. */
export interface RecordFormat {
  /** The record is good until the next one is written. */
  readonly format: (noted: Noted) => Uint8Array;

  /** Reads fields and bodies when they are looked at first: the record must stay as it is. */
  readonly parse: (record: Buffer) => Noted;
}

// A decision, a request without one, and one with one.
const contents = { decision: 0, exchange: 1, decided: 2 } as const;

/** Makes a format: what it has written, only it can read. */
export function createRecordFormat(): RecordFormat {
  const writer = createRecordWriter();
  const events = createEventFormat();
  return {
    format: (noted) => {
      if (noted.kind === "decision") {
        writer.count(contents.decision);
        events.write(noted.event, writer);
        return writer.finish();
      }
      const { event } = noted;
      writer.count(event === undefined ? contents.exchange : contents.decided);
      if (event !== undefined) events.write(event, writer);
      writeExchange(noted, writer);
      return writer.finish();
    },
    parse: (record) => {
      const reader = createRecordReader(record);
      const content = reader.count();
      if (content === contents.decision) return { kind: "decision", event: events.read(reader) };
      const event = content === contents.decided ? events.read(reader) : undefined;
      return readExchange(reader, event);
    },
  };
}

/** First what filters ask for. */
function writeExchange(
  { durationMs, request, response }: NotedExchange,
  writer: RecordWriter,
): void {
  writer.number(durationMs);
  writer.count(response.status);
  writer.text(request.method);
  writer.text(request.target);
  writer.text(request.peer.address);
  writer.text(request.httpVersion ?? "");
  writeHeaders(writer, request.headers);
  writer.bytes(request.body);
  writeHeaders(writer, response.headers);
  writer.text(response.body);
  if (isFaulty(response)) writer.text(formatFaults(response));
}

function readExchange(reader: RecordReader, event: NotedExchange["event"]): NotedExchange {
  const [durationMs, status] = [reader.number(), reader.count()];
  const [method, target, address] = [reader.text(), reader.text(), reader.text()];
  const version = reader.text();
  let read: Rest | undefined;
  const rest = (): Rest => (read ??= readRest(reader));
  return {
    kind: "request",
    durationMs,
    event,
    request: {
      method,
      target,
      peer: { address },
      httpVersion: version === "" ? undefined : version,
      get headers() {
        return rest().request.headers;
      },
      get body() {
        return rest().request.body;
      },
    },
    response: {
      status,
      get headers() {
        return rest().response.headers;
      },
      get body() {
        return rest().response.body;
      },
      get delivery() {
        return rest().response.delivery;
      },
      get faults() {
        return rest().response.faults;
      },
    },
  };
}

interface Rest {
  readonly request: Pick<RecordedRequest["request"], "headers" | "body">;
  readonly response: Omit<SandboxResponse, "status">;
}

function readRest(reader: RecordReader): Rest {
  return {
    request: { headers: readHeaders(reader), body: reader.bytes() },
    response: {
      headers: readHeaders(reader),
      body: reader.text(),
      ...(!reader.isAtEnd() && parseFaults(reader.text())),
    },
  };
}

function writeHeaders(writer: RecordWriter, headers: HeaderList): void {
  writer.count(headers.length);
  for (const [name, value] of headers) {
    writer.text(name);
    writer.text(value);
  }
}

function readHeaders(reader: RecordReader): HeaderList {
  return Array.from({ length: reader.count() }, () => [reader.text(), reader.text()] as const);
}

type Faults = Pick<SandboxResponse, "delivery" | "faults">;

function isFaulty({ delivery, faults }: Faults): boolean {
  return delivery !== undefined || faults !== undefined;
}

/** They are rare: JSON is good enough. */
function formatFaults({ delivery, faults }: Faults): string {
  return JSON.stringify({ delivery, faults });
}

function parseFaults(text: string): Faults {
  return JSON.parse(text) as Faults;
}
