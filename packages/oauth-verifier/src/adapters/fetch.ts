/**
 * The verifier for handlers that turn a standard `Request` into a `Response`: Bun, Deno, Workers, route handlers of web
 * frameworks.
 *
 * @module
 */

import type { MaybePromise } from "@credicorp/oauth-core";
import type { GrantedBy, Principal } from "@credicorp/oauth-core/resource-server";
import { createGuard } from "./guard.ts";
import type { ConnectionOptions, RefusalOptions } from "./guard-options.ts";
import type { DescribedVerifier } from "./resource-document.ts";
import { asksForDocument, createResourceDocument } from "./resource-document.ts";
import { toStandardResponse, toVerifiableRequest } from "./standard-request.ts";
import type { RequestRequirement, Verifier } from "../verifier.ts";

export { toStandardResponse } from "./standard-request.ts";

/** A handler; `Rest` is what the runtime passes beside the request, such as the environment. */
export type FetchHandler<Rest extends readonly unknown[] = []> = (
  request: Request,
  ...rest: Rest
) => MaybePromise<Response>;

/** What a handler asks of the token, what is done beside answering, and how a connection is seen. */
export type AccessTokenRequirement<List extends readonly string[] = readonly string[]> =
  RequestRequirement<List> & RefusalOptions<Request> & ConnectionOptions<Request>;

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
    const readCertificate = clientCertificate && (() => clientCertificate(request));
    const passage = await guard(toVerifiableRequest(request, readCertificate));
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
