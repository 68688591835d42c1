/**
 * Faults of what an answer says. As a message of HTTP it is whole.
 *
 * @module
 */

import type { ServerRequest, ServerResponse } from "@credicorp/oauth-core";
import type { JsonObject } from "@credicorp/oauth-core/protocol";
import { parseJsonObject } from "@credicorp/oauth-core/protocol";

import type { KeySetFault, KeySetPorts } from "./key-set-faults.ts";
import { faultyKeySet } from "./key-set-faults.ts";
import type { TokenResponseFault } from "./token-response-faults.ts";
import { faultyTokenResponse } from "./token-response-faults.ts";

/** What is wrong with a document. */
export type DocumentFault =
  | TokenResponseFault
  | KeySetFault
  /** The body is the first half of its JSON. */
  | { readonly fault: "truncated_json" }
  /** The metadata names another `issuer` (`https://issuer.invalid`). */
  | { readonly fault: "wrong_metadata_issuer"; readonly issuer?: string | undefined };

/** Makes sure that the document comes: one that the caller has already would be answered without. */
export function askUnconditionally(request: ServerRequest): ServerRequest {
  const headers = request.headers.filter(([name]) => name.toLowerCase() !== "if-none-match");
  return { ...request, headers };
}

/** Changes a successful answer; `undefined` for another, and when there is nothing in it that the fault could change. */
export async function faultyDocument(
  fault: DocumentFault,
  response: ServerResponse,
  ports: KeySetPorts,
): Promise<ServerResponse | undefined> {
  if (response.status !== 200 || response.body === "") return undefined;
  const body = await changed(fault, response.body, ports);
  if (body === undefined) return undefined;
  // The tag is that of the honest document.
  const headers = response.headers.filter(([name]) => name.toLowerCase() !== "etag");
  return { ...response, headers, body };
}

async function changed(
  fault: DocumentFault,
  body: string,
  ports: KeySetPorts,
): Promise<string | undefined> {
  if (fault.fault === "truncated_json") return body.slice(0, Math.floor(body.length / 2));
  const members = parseJsonObject(body);
  const faulty = members && (await changeMembers(fault, members, ports));
  return faulty && JSON.stringify(faulty);
}

function changeMembers(
  fault: Exclude<DocumentFault, { readonly fault: "truncated_json" }>,
  members: JsonObject,
  ports: KeySetPorts,
): JsonObject | Promise<JsonObject | undefined> {
  switch (fault.fault) {
    case "expires_in":
    case "token_type":
      return faultyTokenResponse(fault, members);
    case "key_missing":
    case "key_published_late":
      return faultyKeySet(fault, members, ports);
    case "wrong_metadata_issuer":
      return { ...members, issuer: fault.issuer ?? "https://issuer.invalid" };
  }
}
