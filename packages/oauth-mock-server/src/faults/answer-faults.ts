/**
 * Faults that answer in the server's place: it never sees the request, decides nothing and counts nothing.
 *
 * @module
 */

import type { Bytes, Clock, HeaderList, Random, ServerResponse } from "@credicorp/oauth-core";
import { formatHttpDate, formatOAuthError, formatRetryAfter } from "@credicorp/oauth-core/protocol";

import { statusesWithoutContent } from "../http/sandbox-response.ts";

/** How `Retry-After` is written: delay seconds, or an HTTP-date by the clock of the sandbox. */
export type RetryAfterForm = "seconds" | "date";

/** What is answered in the server's place. */
export type AnswerFault =
  /** A page, as a proxy or a portal answers in front of the server: `status` (502) with HTML. */
  | { readonly fault: "html_page"; readonly status?: number | undefined }
  /** Status 200 with an OAuth error document: `error` (`temporarily_unavailable`). */
  | { readonly fault: "error_with_200"; readonly error?: string | undefined }
  /** 429 with `Retry-After`: `retryAfterSeconds` (1) in the form `retryAfterForm` (`seconds`). */
  | {
      readonly fault: "too_many_requests";
      readonly retryAfterSeconds?: number | undefined;
      readonly retryAfterForm?: RetryAfterForm | undefined;
    }
  /** A failure of the server: `status` (503), with `Retry-After` if `retryAfterSeconds` says so. */
  | {
      readonly fault: "server_error";
      readonly status?: number | undefined;
      readonly retryAfterSeconds?: number | undefined;
      readonly retryAfterForm?: RetryAfterForm | undefined;
    }
  /** Asks every DPoP proof for another nonce, whatever nonce it has. Requests without a proof pass. */
  | { readonly fault: "dpop_nonce_storm" };

type Wait = Pick<
  Extract<AnswerFault, { readonly fault: "server_error" }>,
  "retryAfterSeconds" | "retryAfterForm"
>;

/** What the answers are made with. */
export interface AnswerPorts {
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "bytes">;

  /** No seed decides what a request is called: its explanation is found by that. */
  readonly requestRandom: Pick<Random, "bytes">;
  readonly bytes: Pick<Bytes, "encodeBase64url">;
}

const identifierBytes = 16;
const nonceBytes = 32;
const page = `<!doctype html>
<html lang="en"><head><title>Gateway</title></head><body><h1>The gateway cannot reach the server</h1></body></html>
`;

/** Makes the answer; the one to HEAD has no body, nor has one whose status allows none. */
export function faultyAnswer(
  fault: AnswerFault,
  method: string,
  ports: AnswerPorts,
): ServerResponse {
  const { status, headers, body } = write(fault, ports);
  const date: HeaderList = [["Date", formatHttpDate(ports.clock.now())]];
  const hasBody = method !== "HEAD" && !statusesWithoutContent.has(status);
  return { status, headers: [...headers, ...date], body: hasBody ? body : "" };
}

function write(fault: AnswerFault, ports: AnswerPorts): ServerResponse {
  switch (fault.fault) {
    case "html_page": {
      const headers: HeaderList = [["Content-Type", "text/html; charset=utf-8"]];
      return { status: fault.status ?? 502, headers, body: page };
    }
    case "error_with_200":
      return errorAnswer(200, fault.error ?? "temporarily_unavailable", ports);
    case "too_many_requests": {
      const { retryAfterSeconds = 1, retryAfterForm } = fault;
      const wait = retryAfter({ retryAfterSeconds, retryAfterForm }, ports);
      return withHeaders(errorAnswer(429, "temporarily_unavailable", ports), wait);
    }
    case "server_error": {
      const { status = 503 } = fault;
      const error = status === 503 ? "temporarily_unavailable" : "server_error";
      return withHeaders(errorAnswer(status, error, ports), retryAfter(fault, ports));
    }
    case "dpop_nonce_storm": {
      const nonce = ports.bytes.encodeBase64url(ports.random.bytes(nonceBytes));
      return withHeaders(errorAnswer(400, "use_dpop_nonce", ports), [["DPoP-Nonce", nonce]]);
    }
  }
}

function errorAnswer(
  status: number,
  error: string,
  { requestRandom, bytes }: AnswerPorts,
): ServerResponse {
  return {
    status,
    headers: [
      ["Content-Type", "application/json"],
      ["Cache-Control", "no-store"],
      ["Pragma", "no-cache"],
      ["X-Content-Type-Options", "nosniff"],
      ["X-Request-Id", bytes.encodeBase64url(requestRandom.bytes(identifierBytes))],
    ],
    body: formatOAuthError({ error, errorDescription: "A fault rule of the sandbox answers so" }),
  };
}

function withHeaders(response: ServerResponse, headers: HeaderList): ServerResponse {
  return { ...response, headers: [...response.headers, ...headers] };
}

function retryAfter(
  { retryAfterSeconds, retryAfterForm }: Wait,
  { clock }: AnswerPorts,
): HeaderList {
  if (retryAfterSeconds === undefined) return [];
  const value =
    retryAfterForm === "date"
      ? // Rounded up, as the other form is: nobody is to come back too early.
        formatHttpDate(Math.ceil(clock.now() + retryAfterSeconds))
      : formatRetryAfter(retryAfterSeconds);
  return [["Retry-After", value]];
}
