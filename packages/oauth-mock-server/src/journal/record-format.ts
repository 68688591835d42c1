/**
 * What the journal keeps of a request and of its answer, as bytes.
 *
 * @module
 */

import type { HeaderList } from "@credicorp/oauth-core";

import type { SandboxResponse } from "../http/sandbox-response.ts";
import type { RecordReader, RecordWriter } from "./record-bytes.ts";
import { createRecordReader } from "./record-bytes.ts";
import type { RecordedRequest } from "./recorded.ts";

/** What of a request becomes bytes; what was decided about it is kept as it is. */
export type Exchanged = Pick<RecordedRequest, "durationMs" | "request" | "response">;

/** Writes a request: first what filters ask for. */
export function formatExchange(exchanged: Exchanged, writer: RecordWriter): Uint8Array {
  const { durationMs, request, response } = exchanged;
  writer.number(durationMs);
  writer.count(response.status);
  writer.text(request.method);
  writer.text(request.target);
  writer.text(request.peer.address);
  writeHeaders(writer, request.headers);
  writer.bytes(request.body);
  writeHeaders(writer, response.headers);
  writer.text(response.body);
  if (isFaulty(response)) writer.text(formatFaults(response));
  return writer.finish();
}

/** Reads a record: fields and bodies when they are looked at first. */
export function parseExchange(record: Buffer): Exchanged {
  const reader = createRecordReader(record);
  const [durationMs, status] = [reader.number(), reader.count()];
  const [method, target, address] = [reader.text(), reader.text(), reader.text()];
  let read: Rest | undefined;
  const rest = (): Rest => (read ??= readRest(reader));
  return {
    durationMs,
    request: {
      method,
      target,
      peer: { address },
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
