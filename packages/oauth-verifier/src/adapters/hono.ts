/**
 * The verifier as middleware for Hono, on any runtime.
 *
 * @module
 */

import type { GrantedBy, Principal, PrincipalClaims } from "@credicorp/oauth-core/resource-server";
import type { Context, MiddlewareHandler } from "hono";
import { createGuard } from "./guard.ts";
import type { ConnectionOptions, RefusalOptions } from "./guard-options.ts";
import type { DescribedVerifier } from "./resource-document.ts";
import { asksForDocument, createResourceDocument } from "./resource-document.ts";
import { toStandardResponse, toVerifiableRequest } from "./standard-request.ts";
import type { Verifier } from "../verifier.ts";

/** What a guard adds to the context: `context.get("principal")`. */
export interface PrincipalEnv<Granted extends string = never, Claims = PrincipalClaims> {
  Variables: { principal: Principal<Granted, Claims> };
}

/** Makes guards for routes: for a token that was granted all of these scope tokens; with none, for a good token. */
export type RequireScope<Scope extends string = string, Claims = PrincipalClaims> = <
  const List extends readonly Scope[],
>(
  ...scope: List
) => MiddlewareHandler<PrincipalEnv<GrantedBy<List>, Claims>>;

/** What is done beside answering, and how a connection is seen. */
export type RequireScopeOptions = RefusalOptions<Context> & ConnectionOptions<Context>;

/**
 * Makes `requireScope(…)` of a verifier. Whoever created the verifier closes it.
 *
 * @throws {@link ConfigurationError} from `requireScope`, for what is no scope token, or none of the resource's
 */
export function createRequireScope<Scope extends string, Claims>(
  verifier: Verifier<Scope, Claims>,
  { onRefusal, clientCertificate }: RequireScopeOptions = {},
): RequireScope<Scope, Claims> {
  return (...scope) => {
    const guard = createGuard(verifier, scope);
    return async (context, next) => {
      const readCertificate = clientCertificate && (() => clientCertificate(context));
      const passage = await guard(toVerifiableRequest(context.req.raw, readCertificate));
      if (passage.kind === "answered") {
        onRefusal?.(passage.outcome, context);
        return toStandardResponse(passage.response);
      }
      context.set("principal", passage.principal);
      await next();
      for (const [name, value] of passage.responseHeaders) {
        context.header(name, value, { append: true });
      }
      return undefined;
    };
  };
}

/**
 * Serves the resource's metadata document, and leaves all other requests to others: `app.use(serveResourceMetadata(…))`.
 *
 * @throws {@link ConfigurationError} when the verifier has no option `resource`
 */
export function serveResourceMetadata(verifier: DescribedVerifier): MiddlewareHandler {
  const document = createResourceDocument(verifier);
  return async ({ req: { raw } }, next) => {
    if (asksForDocument(document, raw)) return toStandardResponse(document.response);
    await next();
    return undefined;
  };
}
