/**
 * What is answered to HTTP that never becomes a request of the sandbox.
 *
 * @module
 */

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

import type { HeaderList, ServerResponse } from "@credicorp/oauth-core";
import { headerValues } from "@credicorp/oauth-core";
import { formatHttpDate, formatOAuthError } from "@credicorp/oauth-core/protocol";

import { sandboxMark } from "./sandbox-mark.ts";

const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Returns an answer dated `now` (seconds since the Unix epoch), after which the connection ends. */
export function malformedAnswer(status: number, now: number): ServerResponse {
  return {
    status,
    headers: [
      ["Content-Type", "application/json"],
      ["Cache-Control", "no-store"],
      ["Pragma", "no-cache"],
      ["Date", formatHttpDate(now)],
      ["X-Content-Type-Options", "nosniff"],
      ["Connection", "close"],
      sandboxMark,
    ],
    body: formatOAuthError({
      error: "invalid_request",
      errorDescription: "The request is malformed, too large or too slow",
    }),
  };
}

/**
 * Answers what is no HTTP, or HTTP that two readers could understand differently, and ends the connection.
 *
 * It never becomes a request: nobody knows where it ends, so nothing behind it may be read either. `now` is in seconds
 * since the Unix epoch.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-11.2 | RFC 9112 section 11.2}
 */
export function answerMalformedRequest(
  error: Error & { readonly code?: string },
  socket: Socket,
  now: number,
): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const { status, headers, body } = malformedAnswer(statuses[error.code ?? ""] ?? 400, now);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/**
 * Returns the status of the refusal of a request that Node has read and that is none: it must be of HTTP/1, and name the
 * host that it is for once, or not at all before HTTP/1.1; `undefined` for all others.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-2.3 | RFC 9112 sections 2.3 and 3.2}
 */
export function malformedStatus(headers: HeaderList, httpVersion: string): number | undefined {
  if (!httpVersion.startsWith("1.")) return 505;
  const { length } = headerValues(headers, "host");
  return length === 1 || (length === 0 && httpVersion === "1.0") ? undefined : 400;
}
