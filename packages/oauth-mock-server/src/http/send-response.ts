import type { ServerResponse as OutgoingAnswer } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import type { CancelSignal } from "@credicorp/oauth-core";
import { sleep } from "@credicorp/oauth-runtime";

import { deliveredBytes, piecesOf } from "./delivery.ts";
import type { Delivery, SandboxResponse } from "./sandbox-response.ts";
import { statusesWithoutBody } from "./sandbox-response.ts";

/** The answer of Node, and what of its request decides how it is sent. */
export interface Outgoing {
  readonly raw: OutgoingAnswer;

  /** That of the request: a pipelined answer has none until its turn comes. */
  readonly socket: Socket;
  readonly isHead: boolean;

  /** Whether the connection is to end with an answer that begins now: much can happen while one is delayed. */
  readonly isEnding: () => boolean;
}

/** Sends an answer whole; one with a `delivery` as that says, until the other side is gone. */
export async function sendResponse(response: SandboxResponse, outgoing: Outgoing): Promise<void> {
  const { delivery } = response;
  if (delivery === undefined) {
    writeHead(response, outgoing);
    outgoing.raw.end(response.body);
    return;
  }
  const gone = new AbortController();
  outgoing.raw.once("close", () => gone.abort());
  await sleep(delivery.delayMs ?? 0, gone.signal);
  if (gone.signal.aborted) return;
  if (delivery.cut === "reset") reset(outgoing.socket);
  else if (delivery.cut === "empty") end(outgoing.socket);
  else await sendBody(response, delivery, { ...outgoing, gone: gone.signal });
}

function writeHead(
  { status, headers, body }: SandboxResponse,
  { raw, isHead, isEnding }: Pick<Outgoing, "raw" | "isHead" | "isEnding">,
): void {
  if (isEnding()) raw.shouldKeepAlive = false;
  const fields: string[] = [];
  for (const [name, value] of headers) fields.push(name, value);
  if (!isHead && !statusesWithoutBody.has(status)) {
    fields.push("Content-Length", String(Buffer.byteLength(body)));
  }
  raw.writeHead(status, fields);
}

async function sendBody(
  response: SandboxResponse,
  delivery: Delivery,
  outgoing: Outgoing & { readonly gone: CancelSignal },
): Promise<void> {
  const { raw, socket, gone } = outgoing;
  writeHead(response, outgoing);
  const isCut = delivery.cut === "truncate";
  if (isCut) raw.flushHeaders();
  let isFirst = true;
  for (const piece of piecesOf(deliveredBytes(response.body, delivery), delivery.drip)) {
    if (!isFirst) await sleep(delivery.drip?.everyMs ?? 0, gone);
    isFirst = false;
    if (gone.aborted || raw.destroyed) return;
    await new Promise<void>((resolve) => void raw.write(piece, () => resolve()));
  }
  if (isCut) end(socket);
  else raw.end();
}

/** Sends RST where it can; a TLS connection has no way to, and ends without the alert that should announce it. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** Sends what was written, then FIN, and nothing more. */
function end(socket: Socket): void {
  socket.end(() => socket.destroy());
}
