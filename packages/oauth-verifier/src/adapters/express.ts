/**
 * The verifier as middleware for Express 4 and 5, and for whatever else has middleware on Node's own requests.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { PrincipalClaims } from "@credicorp/oauth-core/resource-server";
import type { GuardMaker, PrincipalReader } from "./callback-guards.ts";
import { createGuardMaker } from "./callback-guards.ts";
import type { ConnectionOptions, RefusalOptions } from "./guard-options.ts";
import type { NodeRequest } from "./node-request.ts";
import { groupFields, toVerifiableRequest } from "./node-request.ts";
import { createPrincipalSlot } from "./principal-slot.ts";
import type { DescribedVerifier, ResourceDocument } from "./resource-document.ts";
import { asksForDocument, createResourceDocument } from "./resource-document.ts";
import type { Verifier } from "../verifier.ts";

/** Middleware of Express, without its types. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** Middleware that lets a request pass when its token was granted a scope. */
export type ScopeMiddleware<Granted extends string = never, Claims = PrincipalClaims> = Middleware &
  PrincipalReader<IncomingMessage, Granted, Claims>;

/** Makes guards for routes. */
export type RequireScope<Scope extends string = string, Claims = PrincipalClaims> = GuardMaker<
  Middleware,
  IncomingMessage,
  Scope,
  Claims
>;

/** What is done beside answering, and how a connection is seen. */
export type RequireScopeOptions = RefusalOptions<IncomingMessage> &
  ConnectionOptions<IncomingMessage>;

/**
 * Makes `requireScope(…)` of a verifier. Whoever created the verifier closes it.
 *
 * @throws {@link ConfigurationError} from `requireScope`, for what is no scope token, or none of the resource's
 */
export function createRequireScope<Scope extends string, Claims>(
  verifier: Verifier<Scope, Claims>,
  { onRefusal, clientCertificate }: RequireScopeOptions = {},
): RequireScope<Scope, Claims> {
  return createGuardMaker(verifier, createPrincipalSlot<Claims>(), {
    show: (request: IncomingMessage) =>
      toVerifiableRequest(request, clientCertificate && (() => clientCertificate(request))),
    answer: ({ outcome, response: answer }, request, response: ServerResponse) => {
      onRefusal?.(outcome, request);
      send(response, answer);
    },
    addField: (response, name, value) => response.appendHeader(name, value),
  });
}

/**
 * Serves the resource's metadata document, and leaves all other requests to others. Goes before routes and at no path.
 *
 * @throws {@link ConfigurationError} when the verifier has no option `resource`
 */
export function serveResourceMetadata(verifier: DescribedVerifier): Middleware {
  const document = createResourceDocument(verifier);
  return (request: NodeRequest, response, next) => {
    const { method, url = "", originalUrl = url } = request;
    if (asksForDocument(document, { method, url: originalUrl })) send(response, document.response);
    else next();
  };
}

function send(
  response: ServerResponse,
  { status, headers, body }: ResourceDocument["response"],
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(groupFields(headers))) response.setHeader(name, value);
  response.end(body);
}
