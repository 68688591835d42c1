import type { CancelSignal, Failed, Result, TransportFailure } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";

import { longestTimerMs } from "./longest-timer.ts";

/** How each request is sent: no redirect is followed with credentials in it, and nothing is kept. */
export interface BoundedInit {
  readonly redirect: "manual";
  readonly cache: "no-store";
  readonly signal: AbortSignal;
}

/** What is used of the `Response` of a `fetch`. */
export interface FetchedResponse {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** A whole answer, its header as `fetch` has it: names in lower case, each once. */
export interface BoundedAnswer extends Pick<FetchedResponse, "status" | "headers"> {
  readonly body: Uint8Array;
}

/** What bounds one request. */
export interface FetchBounds {
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly signal?: CancelSignal | undefined;
}

/** Sends one request and reads its answer: no redirects, no cache, a bounded body, one time-out over all of it. */
export async function fetchBounded(
  send: (init: BoundedInit) => Promise<FetchedResponse>,
  { signal, timeoutMs, maxBodyBytes }: FetchBounds,
): Promise<Result<BoundedAnswer, TransportFailure>> {
  if (signal?.aborted) return failed({ kind: "aborted" });
  const controller = new AbortController();
  const { signal: stop } = controller;
  // Raced with the work: a fetch that ignores its signal must not keep anybody waiting.
  const stopped = new Promise<Failed<TransportFailure>>((resolve) => {
    stop.addEventListener("abort", () => resolve(failed(stop.reason as TransportFailure)));
  });

  async function exchange(): Promise<Result<BoundedAnswer, TransportFailure>> {
    try {
      const response = await send({ redirect: "manual", cache: "no-store", signal: stop });
      const { status, headers } = response;
      // An answer that comes too late is read by nobody: its connection is freed.
      if (stop.aborted) await response.body?.cancel();
      const body = await readBounded(response.body, maxBodyBytes);
      return body === undefined ? failed({ kind: "too_large" }) : ok({ status, headers, body });
    } catch (cause) {
      return failed({ kind: "network", cause });
    }
  }

  const abort = (): void => controller.abort({ kind: "aborted" });
  const expire = (): void => controller.abort({ kind: "timeout" });
  const timer = setTimeout(expire, Math.min(timeoutMs, longestTimerMs));
  signal?.addEventListener("abort", abort);
  try {
    return await Promise.race([stopped, exchange()]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

async function readBounded(
  stream: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream ?? []) {
    length += chunk.length;
    // To leave the loop cancels the stream.
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}
