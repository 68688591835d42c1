/**
 * The verifier for handlers that turn a standard `Request` into a `Response`: Bun, Deno, Workers, route handlers of web
 * frameworks.
 *
 * @module
 */

import type { MaybePromise, ServerResponse } from "@credicorp/oauth-core";
import type {
  GrantedBy,
  Principal,
  RejectedOutcome,
  UnavailableOutcome,
} from "@credicorp/oauth-core/resource-server";
import { createGuard } from "./guard.ts";
import type { DescribedVerifier } from "./resource-document.ts";
import { asksForDocument, createResourceDocument } from "./resource-document.ts";
import type { RequestRequirement, Verifier } from "../verifier.ts";

/** A handler; `Rest` is what the runtime passes beside the request, such as the environment. */
export type FetchHandler<Rest extends readonly unknown[] = []> = (
  request: Request,
  ...rest: Rest
) => MaybePromise<Response>;

/** What a handler asks of the token, and what is done beside answering. */
export interface AccessTokenRequirement<
  List extends readonly string[] = readonly string[],
> extends RequestRequirement<List> {
  /** Is told why a request was refused, for the log; the caller is not. */
  readonly onRefusal?:
    | ((outcome: RejectedOutcome | UnavailableOutcome, request: Request) => void)
    | undefined;

  /** Reads the DER bytes of the certificate that the client connected with, where the runtime tells. */
  readonly clientCertificate?: ((request: Request) => Uint8Array | undefined) | undefined;
}

/**
 * Makes a handler that calls yours for requests with a good token, and answers the others.
 *
 * @throws {@link ConfigurationError} for what is no scope token, or none of the resource's when those are configured
 */
export function withAccessToken<
  Scope extends string,
  Claims,
  const List extends readonly NoInfer<Scope>[] = readonly [],
  Rest extends readonly unknown[] = [],
>(
  verifier: Verifier<Scope, Claims>,
  requirement: AccessTokenRequirement<List>,
  handler: (
    request: Request,
    principal: Principal<GrantedBy<List>, Claims>,
    ...rest: Rest
  ) => MaybePromise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const { scope = [] as unknown as List, onRefusal, clientCertificate } = requirement;
  const guard = createGuard(verifier, scope);
  return async (request, ...rest) => {
    const { method, url, headers } = request;
    const certificate =
      clientCertificate && ((): Uint8Array | undefined => clientCertificate(request));
    const passage = await guard({
      method,
      url,
      headers,
      clientCertificate: certificate,
      identity: request,
    });
    if (passage.kind === "answered") {
      onRefusal?.(passage.outcome, request);
      return toStandardResponse(passage.response);
    }
    const response = await handler(request, passage.principal, ...rest);
    if (passage.responseHeaders.length === 0) return response;
    // The fields of an answer that was fetched cannot be changed.
    const own = new Response(response.body, response);
    for (const [name, value] of passage.responseHeaders) own.headers.append(name, value);
    return own;
  };
}

/**
 * Makes a handler that serves the resource's metadata document, and leaves all other requests to yours.
 *
 * @throws {@link ConfigurationError} when the verifier has no option `resource`
 */
export function withResourceMetadata<Rest extends readonly unknown[] = []>(
  verifier: DescribedVerifier,
  handler: FetchHandler<Rest>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  const document = createResourceDocument(verifier);
  return async (request, ...rest) =>
    asksForDocument(document, request)
      ? toStandardResponse(document.response)
      : handler(request, ...rest);
}

/** Makes a standard `Response` of an answer such as `verifier.toResponse` gives. */
export function toStandardResponse({ status, headers, body }: ServerResponse): Response {
  return new Response(body, { status, headers: headers.map(([name, value]) => [name, value]) });
}
