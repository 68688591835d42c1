import type { Dispatcher } from "undici";

import type { AuthorizedDispatch } from "./answer-gate.ts";
import { createAnswerGate } from "./answer-gate.ts";

/**
 * The handler that undici 7 calls from within: its own `request`, `stream` and `fetch` have it.
 *
 * The newer form exists beside it. To turn one into the other, undici parses each header and writes it again, which costs
 * more than all that is done here.
 */
export interface RawHandler {
  readonly onConnect?: (abort: (reason?: Error) => void, context?: unknown) => void;
  readonly onResponseStarted?: () => void;
  readonly onUpgrade?: (...answer: readonly unknown[]) => void;
  readonly onHeaders?: (...head: RawHead) => boolean | void;
  readonly onData?: (chunk: Buffer) => boolean | void;
  readonly onComplete?: (trailers: unknown) => void;
  readonly onError?: (error: unknown) => void;
}

type RawHead = readonly [
  status: number,
  headers: readonly (Buffer | readonly Buffer[])[],
  resume: () => void,
  statusText: string,
];

/** Tells whether a handler takes raw headers. */
export function isRawHandler(handler: Dispatcher.DispatchHandler): boolean {
  return typeof handler.onHeaders === "function";
}

/** Makes the handler that stands between undici and the handler of the caller. */
export function createRawHandler(call: AuthorizedDispatch<RawHandler>): RawHandler {
  const { handler, origin } = call;
  const gate = createAnswerGate(call);
  let abort: ((reason?: Error) => void) | undefined;
  let context: unknown;
  return {
    onConnect: (abortRequest, requestContext) => {
      abort = abortRequest;
      context = requestContext;
      handler.onConnect?.(abortRequest, requestContext);
    },
    onResponseStarted: () => handler.onResponseStarted?.(),
    onUpgrade: (...answer) => handler.onUpgrade?.(...answer),
    onHeaders: (...head) => {
      const [status, headers, resume] = head;
      const deliver = (): boolean => handler.onHeaders?.(...head) !== false;
      if (status < 200 || wasRedirected(context, origin)) return deliver();
      const header = (name: string): string | undefined => readRawField(headers, name);
      const stream = {
        resume,
        deliver,
        abort: (reason: Error) => abort?.(reason),
        fail: (error: unknown) => {
          abort?.();
          handler.onError?.(error);
        },
      };
      return gate.admits({ status, header }, stream) && deliver();
    },
    onData: (chunk) => {
      const deliver = (): boolean => handler.onData?.(chunk) !== false;
      return gate.passes(deliver, chunk.length) ? deliver() : true;
    },
    onComplete: (trailers) => {
      const deliver = (): void => handler.onComplete?.(trailers);
      if (gate.passes(deliver)) deliver();
    },
    onError: (error) => {
      if (gate.breaks()) handler.onError?.(error);
    },
  };
}

/** Tells whether a redirect interceptor behind ours has led the request to another origin. */
export function wasRedirected(context: unknown, origin: string): boolean {
  if (typeof context !== "object" || context === null || !("history" in context)) return false;
  const { history } = context;
  return Array.isArray(history) && history.some((url: URL) => url.origin !== origin);
}

/** Reads a field of a flat list of names and values; a repeated one is joined (RFC 9110 section 5.3). */
function readRawField(
  headers: readonly (Buffer | readonly Buffer[])[],
  name: string,
): string | undefined {
  const values: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const key = headers[index];
    if (key?.length === name.length && String(key).toLowerCase() === name) {
      values.push(String(headers[index + 1]));
    }
  }
  return values.length === 0 ? undefined : values.join(", ");
}
