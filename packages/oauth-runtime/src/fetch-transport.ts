import type { HeaderList, HttpTransport } from "@credicorp/oauth-core";
import { failed, ok } from "@credicorp/oauth-core";

/** What {@link createFetchTransport} needs of a `fetch`. */
export type TransportFetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: [string, string][];
    readonly body?: string;
    readonly redirect: "manual";
    readonly cache: "no-store";
    readonly signal: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: ReadableStream<Uint8Array> | null;
}>;

const longestTimerMs = 2 ** 31 - 1;

/**
 * Makes a transport of a `fetch`: no redirects, no cache, a bounded body, one time-out over all of it.
 *
 * @defaultValue the platform's `fetch`, looked up at each call
 */
export function createFetchTransport(
  fetch: TransportFetch = (url, init) => globalThis.fetch(url, init),
): HttpTransport {
  return async (request, { signal, timeoutMs, maxBodyBytes }) => {
    if (signal?.aborted) return failed({ kind: "aborted" });
    const controller = new AbortController();
    let timedOut = false;
    // Raced with the work: a fetch that ignores its signal must not keep anybody waiting.
    const stopped = new Promise<never>((_resolve, reject) => {
      controller.signal.addEventListener("abort", () => reject(new Error("stopped")));
    });
    stopped.catch(() => undefined);
    const abort = (): void => controller.abort();
    const timer = setTimeout(
      () => {
        timedOut = true;
        abort();
      },
      Math.min(timeoutMs, longestTimerMs),
    );
    signal?.addEventListener("abort", abort);
    try {
      const answering = fetch(request.url, {
        method: request.method,
        headers: request.headers.map(([name, value]) => [name, value]),
        ...(request.body !== undefined && { body: request.body }),
        redirect: "manual",
        cache: "no-store",
        signal: controller.signal,
      });
      // An answer that comes too late is read by nobody: its connection is freed.
      answering.then(
        ({ body }) =>
          controller.signal.aborted ? body?.cancel().catch(() => undefined) : undefined,
        () => undefined,
      );
      const response = await Promise.race([answering, stopped]);
      const reading = readBounded(response.body, maxBodyBytes);
      reading.catch(() => undefined);
      const body = await Promise.race([reading, stopped]);
      if (body === undefined) return failed({ kind: "too_large" });
      const headers: HeaderList = [...response.headers];
      return ok({ status: response.status, headers, body });
    } catch (cause) {
      if (timedOut) return failed({ kind: "timeout" });
      if (signal?.aborted) return failed({ kind: "aborted" });
      return failed({ kind: "network", cause });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  };
}

async function readBounded(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  if (stream === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}
