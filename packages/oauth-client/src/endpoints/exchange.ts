import type {
  AnyOAuthError,
  CancelSignal,
  Clock,
  HeaderList,
  HttpRequest,
  HttpTransport,
  Result,
  Sleep,
} from "@credicorp/oauth-core";
import { failed, NetworkError, ok } from "@credicorp/oauth-core";

import type { AnswerContext } from "./answer-error.ts";
import { buildAnswerError } from "./answer-error.ts";
import { settleWithin } from "../waiting/settle-within.ts";
import { buildTransportError } from "./transport-error.ts";

/** What every request to the authorization server needs. */
export interface EndpointPorts {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly requestTimeoutMs: number;

  /** Aborts every request. */
  readonly closing: CancelSignal;
}

/** What bounds one request. */
export interface RequestPorts extends EndpointPorts {
  /** Aborts this request: the client is closed, or its caller has given up. */
  readonly stopping: CancelSignal;

  /**
   * Ends the wait for the answer. A token request has nobody waiting when it is stopped, so it leaves the end to the
   * transport, which may have the answer already.
   *
   * @defaultValue `stopping`
   */
  readonly leaving?: CancelSignal | undefined;
}

/** What is known about a request before its answer. */
export interface ExchangeContext extends Omit<AnswerContext, "now"> {
  /** Such as `The token endpoint`, for errors. */
  readonly target: string;

  /** Sees the header of every answer, whatever its status. */
  readonly onAnswer?: (headers: HeaderList) => void;
}

// An answer is a few kilobytes; a page of a gateway may be more.
const maxBodyBytes = 65_536;
const utf8 = new TextDecoder();
const transportGraceMs = 1000;

/** Sends one request and reads its answer; never rejects. */
export async function exchange(
  message: HttpRequest,
  context: ExchangeContext,
  ports: RequestPorts,
): Promise<Result<string, AnyOAuthError>> {
  const { transport, clock, sleep, stopping, requestTimeoutMs: timeoutMs } = ports;
  const { leaving = stopping } = ports;
  const { target } = context;
  const unanswered = { target, url: message.url, timeoutMs };
  const send = async (): Promise<Result<string, AnyOAuthError>> => {
    const response = await transport(message, { timeoutMs, maxBodyBytes, signal: stopping });
    if (!response.ok) return failed(buildTransportError(response.failure, unanswered));
    context.onAnswer?.(response.value.headers);
    const body = utf8.decode(response.value.body);
    const error = buildAnswerError(response.value, body, { ...context, now: clock.now() });
    return error === undefined ? ok(body) : failed(error);
  };
  // The transport keeps the time itself; the grace lets its own answer win.
  const bound = { timeoutMs: timeoutMs + transportGraceMs, sleep, signal: leaving };
  try {
    const result = stopping.aborted ? undefined : await settleWithin(send(), bound);
    if (result !== undefined) return result;
    const kind = stopping.aborted ? "aborted" : "timeout";
    return failed(buildTransportError({ kind }, unanswered));
  } catch {
    // A transport is asked never to reject; one that does must not take the client down.
    return failed(
      new NetworkError(`${target} could not be asked: the transport has thrown an error`, {
        hint: "A transport resolves to a failure. Its error is not repeated here: it may hold a secret.",
      }),
    );
  }
}

/** Fetches a document that anybody may read. */
export async function fetchDocument(
  url: string,
  target: string,
  ports: EndpointPorts,
): Promise<Result<string, AnyOAuthError>> {
  const message: HttpRequest = { method: "GET", url, headers: [["accept", "application/json"]] };
  return exchange(message, { target, secrets: [] }, { ...ports, stopping: ports.closing });
}
