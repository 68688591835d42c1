import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

import { formatHttpDate, formatOAuthError } from "@credicorp/oauth-core/protocol";

const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers what is no HTTP, or HTTP that two readers could understand differently, and ends the connection.
 *
 * It never becomes a request: nobody knows where it ends, so nothing behind it may be read either. `now` dates the
 * answer, in seconds since the Unix epoch.
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
  const status = statuses[error.code ?? ""] ?? 400;
  const body = formatOAuthError({
    error: "invalid_request",
    errorDescription: "The request is malformed, too large or too slow",
  });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "Pragma: no-cache",
    "X-Content-Type-Options: nosniff",
    `Date: ${formatHttpDate(now)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
