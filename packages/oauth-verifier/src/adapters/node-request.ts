/**
 * Requests and fields as Node has them.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { HeaderList } from "@credicorp/oauth-core";
import { credentialFields } from "@credicorp/oauth-core/resource-server";
import type { VerifiableRequest } from "../verifier.ts";

/** A request of Node, or of a framework on it that keeps the URL before it was rewritten or cut. */
export interface NodeRequest extends IncomingMessage {
  readonly originalUrl?: string;
}

/**
 * Shows a request to the verifier as it was received: with fields that are repeated, and with the URL that its client
 * sent. Rewriting it is the server's affair, and no proof is for that.
 */
export function toVerifiableRequest(
  request: NodeRequest,
  clientCertificate = (): Uint8Array | undefined => certificateOf(request),
): VerifiableRequest {
  return {
    method: request.method ?? "",
    url: request.originalUrl ?? request.url ?? "",
    headers: toPairs(request.rawHeaders),
    clientCertificate,
    identity: request,
  };
}

function certificateOf({ socket }: NodeRequest): Uint8Array | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  // Of a connection without a certificate it is an empty object, and null of one that is gone, whatever the types say.
  return (socket.getPeerCertificate() as { readonly raw?: Uint8Array } | null)?.raw;
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

const fieldLengths: readonly number[] = credentialFields.map(({ length }) => length);

/** Leaves out the fields that nobody looks at, by the length of their names. */
function toPairs(rawHeaders: readonly string[]): HeaderList {
  const list: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (fieldLengths.includes(name.length)) list.push([name, rawHeaders[index + 1] ?? ""]);
  }
  return list;
}
