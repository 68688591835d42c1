/**
 * Bad deliveries as a standard `fetch` shows them: a `TypeError`, or a body that ends in one.
 *
 * @module
 */

import { sleep } from "@credicorp/oauth-runtime";

import { deliveredBytes, piecesOf } from "./delivery.ts";
import type { Delivery, SandboxResponse } from "./sandbox-response.ts";
import { statusesWithoutContent } from "./sandbox-response.ts";

const noBytes = new Uint8Array();

/** What of a request decides how its answer is shown. */
export interface Receiving {
  readonly isHead: boolean;
  readonly signal: AbortSignal;
}

/** Makes the answer of a `fetch`. @throws TypeError when nothing is to arrive, or the reason of the signal. */
export async function deliverResponse(
  response: SandboxResponse,
  { isHead, signal }: Receiving,
): Promise<Response> {
  const { status, headers, body, delivery } = response;
  const fields = headers.map(([name, value]): [string, string] => [name, value]);
  const init = { status, headers: fields };
  const hasBody = !statusesWithoutContent.has(status) && !isHead;
  if (delivery === undefined) {
    // Of text, be it empty, a Response says that it is text: no field may come from here.
    return new Response(hasBody ? body || noBytes : null, init);
  }

  await sleep(delivery.delayMs ?? 0, signal);
  signal.throwIfAborted();
  if (delivery.cut === "reset") throw fetchFailed("read ECONNRESET", "ECONNRESET");
  if (delivery.cut === "empty") throw fetchFailed("other side closed", "UND_ERR_SOCKET");
  return new Response(hasBody ? streamOf(body, delivery, signal) : null, init);
}

function streamOf(
  body: string,
  delivery: Delivery,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const pieces = piecesOf(deliveredBytes(body, delivery), delivery.drip);
  let next = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (next > 0 && next < pieces.length) await sleep(delivery.drip?.everyMs ?? 0, signal);
        if (signal.aborted) return controller.error(signal.reason);
        const piece = pieces[next];
        next += 1;
        if (piece !== undefined) return controller.enqueue(piece);
        if (delivery.cut !== "truncate") return controller.close();
        controller.error(
          new TypeError("terminated", { cause: causeOf("other side closed", "UND_ERR_SOCKET") }),
        );
      },
    },
    // Nothing is sent before it is read: what was read before a cut stays read.
    { highWaterMark: 0 },
  );
}

function fetchFailed(message: string, code: string): TypeError {
  return new TypeError("fetch failed", { cause: causeOf(message, code) });
}

/** The causes have the codes that Node's own `fetch` gives them. */
function causeOf(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}
