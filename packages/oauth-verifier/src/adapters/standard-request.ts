/**
 * Requests and answers as the platform's `fetch` has them.
 *
 * @module
 */

import type { ServerResponse } from "@credicorp/oauth-core";
import type { VerifiableRequest } from "../verifier.ts";

/** Shows a request to the verifier; of its connection it tells nothing. */
export function toVerifiableRequest(
  request: Request,
  clientCertificate: (() => Uint8Array | undefined) | undefined,
): VerifiableRequest {
  const { method, url, headers } = request;
  return { method, url, headers, clientCertificate, identity: request };
}

/** Makes a standard `Response` of an answer such as `verifier.toResponse` gives. */
export function toStandardResponse({ status, headers, body }: ServerResponse): Response {
  return new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) });
}
