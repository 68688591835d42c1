/**
 * Requests and fields as Node has them.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { HeaderList } from "@credicorp/oauth-core";
import type { VerifiableRequest } from "../verifier.ts";

/** A request of Node, or of a framework on it that keeps the URL before it was rewritten or cut. */
export interface NodeRequest extends IncomingMessage {
  readonly originalUrl?: string;
}

interface TlsSocket {
  /** Null once the connection is gone, and empty when there is no certificate. */
  readonly getPeerCertificate?: () => { readonly raw?: Uint8Array } | null;
}

/** Shows a request to the verifier as it was received: with fields that are repeated, and the whole URL. */
export function toVerifiableRequest(request: NodeRequest): VerifiableRequest {
  return {
    method: request.method ?? "",
    url: request.originalUrl ?? request.url ?? "",
    headers: toPairs(request.rawHeaders),
    clientCertificate: () => (request.socket as TlsSocket).getPeerCertificate?.()?.raw,
  };
}

/** Groups fields by name, for interfaces that would keep the last of several. */
export function groupFields(headers: HeaderList): Record<string, string | string[]> {
  const fields = new Map<string, string[]>();
  for (const [name, value] of headers) fields.set(name, [...(fields.get(name) ?? []), value]);
  return Object.fromEntries(
    Array.from(fields, ([name, values]) => {
      const [only = ""] = values;
      return [name, values.length === 1 ? only : values];
    }),
  );
}

function toPairs(rawHeaders: readonly string[]): HeaderList {
  const list: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    list.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return list;
}
