/**
 * The verifier as middleware for Express 4 and 5, and for whatever else has middleware on Node's own requests.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  GrantedBy,
  Principal,
  RejectedOutcome,
  UnavailableOutcome,
  PrincipalClaims,
} from "@credicorp/oauth-core/resource-server";
import type { Passage } from "./guard.ts";
import { createGuard } from "./guard.ts";
import type { NodeRequest } from "./node-request.ts";
import { groupFields, toVerifiableRequest } from "./node-request.ts";
import { createPrincipalSlot } from "./principal-slot.ts";
import type { DescribedVerifier } from "./resource-document.ts";
import { asksForDocument, createResourceDocument } from "./resource-document.ts";
import type { Verifier } from "../verifier.ts";

/** Middleware of Express, without its types. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** Middleware that lets a request pass when its token was granted a scope. */
export interface ScopeMiddleware<
  Granted extends string = never,
  Claims = PrincipalClaims,
> extends Middleware {
  /** Who sent the request. Throws where no guard has asked for this scope. */
  readonly principalOf: (request: IncomingMessage) => Principal<Granted, Claims>;
}

/** Makes guards for routes. */
export interface RequireScope<Scope extends string = string, Claims = PrincipalClaims> {
  /** Asks for a token that was granted every one of these scope tokens; with none, for a good token. */
  <const List extends readonly Scope[]>(...scope: List): ScopeMiddleware<GrantedBy<List>, Claims>;

  /** Who sent the request, whatever was asked for. Throws on routes without a guard. */
  readonly principalOf: (request: IncomingMessage) => Principal<never, Claims>;
}

/** What is done beside answering, and how a connection is seen. */
export interface RequireScopeOptions {
  /** Is told why a request was refused, for the log; the caller is not. */
  readonly onRefusal?:
    | ((outcome: RejectedOutcome | UnavailableOutcome, request: IncomingMessage) => void)
    | undefined;

  /**
   * Reads the DER bytes of the certificate that the client connected with; asked only for tokens that are bound to one.
   * Where a proxy ends TLS, take it from what that proxy says, and make sure that nobody else can say it.
   *
   * @defaultValue that of the request's own TLS connection
   */
  readonly clientCertificate?: ((request: IncomingMessage) => Uint8Array | undefined) | undefined;
}

/**
 * Makes `requireScope(…)` of a verifier. Whoever created the verifier closes it.
 *
 * @throws {@link ConfigurationError} from `requireScope`, for what is no scope token, or none of the resource's
 */
export function createRequireScope<Scope extends string, Claims>(
  verifier: Verifier<Scope, Claims>,
  { onRefusal, clientCertificate }: RequireScopeOptions = {},
): RequireScope<Scope, Claims> {
  const slot = createPrincipalSlot<Claims>();
  const requireScope = <const List extends readonly Scope[]>(
    ...scope: List
  ): ScopeMiddleware<GrantedBy<List>, Claims> => {
    const guard = createGuard(verifier, scope);
    const middleware: Middleware = (request, response, next) => {
      const conclude = (passage: Passage<GrantedBy<List>, Claims>): void => {
        if (passage.kind === "answered") {
          onRefusal?.(passage.outcome, request);
          send(response, passage.response);
          return;
        }
        for (const [name, value] of passage.responseHeaders) response.appendHeader(name, value);
        slot.put(request, passage.principal);
        next();
      };
      const settle = (passage: Passage<GrantedBy<List>, Claims>): void => {
        try {
          conclude(passage);
        } catch (error) {
          next(error);
        }
      };
      const readCertificate = clientCertificate && (() => clientCertificate(request));
      try {
        const passage = guard(toVerifiableRequest(request, readCertificate));
        if (passage instanceof Promise) passage.then(settle, next);
        else settle(passage);
      } catch (error) {
        next(error);
      }
    };
    return Object.assign(middleware, { principalOf: slot.readerOf(scope) });
  };
  return Object.assign(requireScope, { principalOf: slot.readerOf([]) });
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
  { status, headers, body }: ReturnType<typeof createResourceDocument>["response"],
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(groupFields(headers))) response.setHeader(name, value);
  response.end(body);
}
