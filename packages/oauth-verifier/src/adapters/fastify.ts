/**
 * The verifier as a Fastify plugin: guards for routes, the principal of each guarded request, the resource's metadata.
 *
 * @module
 */

import { ConfigurationError } from "@credicorp/oauth-core";
import type { Principal, PrincipalClaims } from "@credicorp/oauth-core/resource-server";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { GuardMaker, Hook, PrincipalReader } from "./callback-guards.ts";
import { createGuardMaker } from "./callback-guards.ts";
import type { ConnectionOptions } from "./guard-options.ts";
import { groupFields, toVerifiableRequest } from "./node-request.ts";
import type { PrincipalSlot } from "./principal-slot.ts";
import { createPrincipalSlot } from "./principal-slot.ts";
import { createResourceDocument } from "./resource-document.ts";
import type { Verifier } from "../verifier.ts";

declare module "fastify" {
  interface FastifyInstance {
    /**
     * Makes a hook that lets a request pass when its token was granted every one of these scope tokens; with none, when
     * its token is good. As `onRequest` it answers before the body is read; it serves as `preHandler` too.
     */
    requireScope: RequireScope;
  }

  interface FastifyRequest {
    /** Who sent the request. Reading it throws on routes without a guard. */
    readonly principal: Principal;
  }
}

type FastifyHook = Hook<FastifyRequest, FastifyReply, Error>;

/** A hook for `onRequest` or `preHandler`; it makes no promise where nothing has to wait. */
export type ScopeGuard<Granted extends string = never, Claims = PrincipalClaims> = FastifyHook &
  PrincipalReader<FastifyRequest, Granted, Claims>;

/** Makes guards for routes. */
export type RequireScope<Scope extends string = string, Claims = PrincipalClaims> = GuardMaker<
  FastifyHook,
  FastifyRequest,
  Scope,
  Claims
>;

/** How guards see a connection. */
export type RequireScopeOptions = ConnectionOptions<FastifyRequest>;

/** What the plugin needs. */
export interface OAuthVerifierPluginOptions extends RequireScopeOptions {
  readonly verifier: Verifier<never>;
}

/**
 * Makes a `requireScope(…)` that knows the verifier's scopes and claims, which `app.requireScope` cannot. It needs no
 * plugin.
 *
 * @throws {@link ConfigurationError} from `requireScope`, for what is no scope token, or none of the resource's
 */
export function createRequireScope<Scope extends string, Claims>(
  verifier: Verifier<Scope, Claims>,
  options: RequireScopeOptions = {},
): RequireScope<Scope, Claims> {
  return requireScopeWith(verifier, { ...options, slot: createPrincipalSlot<Claims>() });
}

function requireScopeWith<Scope extends string, Claims>(
  verifier: Verifier<Scope, Claims>,
  { slot, clientCertificate }: RequireScopeOptions & { readonly slot: PrincipalSlot<Claims> },
): RequireScope<Scope, Claims> {
  return createGuardMaker(verifier, slot, {
    show: (request: FastifyRequest) =>
      toVerifiableRequest(request.raw, clientCertificate && (() => clientCertificate(request))),
    answer: ({ outcome, response }, request, reply: FastifyReply) => {
      request.log.info({ oauth: outcome.detail }, "The request's access token is not accepted");
      reply.code(response.status).headers(groupFields(response.headers)).send(response.body);
    },
    addField: (reply, name, value) => {
      reply.header(name, value);
    },
  });
}

const plugin: FastifyPluginAsync<OAuthVerifierPluginOptions> = async (app, options) => {
  const { verifier } = options;
  const slot = createPrincipalSlot<PrincipalClaims>();
  const principalOf = slot.readerOf([]);

  // A member that every request has from the start costs nothing to set.
  app.decorateRequest(slot.member, undefined);
  app.decorateRequest("principal", {
    getter() {
      return principalOf(this);
    },
  });
  // Which scopes there are is known at run time alone: the guards refuse others when they are made.
  app.decorate("requireScope", requireScopeWith(verifier as Verifier, { ...options, slot }));
  if (verifier.resourceMetadata() !== undefined) serveResourceMetadata(app, verifier);
};

function serveResourceMetadata(app: FastifyInstance, verifier: Verifier<never>): void {
  if (app.prefix !== "") {
    throw new ConfigurationError(
      "prefix",
      "The resource's metadata has its place at the root: register the plugin without a prefix",
    );
  }
  const { path, response } = createResourceDocument(verifier);
  const fields = groupFields(response.headers);
  // A colon alone would begin a parameter.
  app.get(path.replaceAll(":", "::"), (_request, reply) =>
    reply.headers(fields).send(response.body),
  );
}

/**
 * Adds `app.requireScope(…)` and `request.principal`, and serves the resource's metadata if the verifier has the option
 * `resource`. Whoever created the verifier closes it.
 */
export const oauthVerifier: FastifyPluginAsync<OAuthVerifierPluginOptions> = Object.assign(plugin, {
  // What the package fastify-plugin would set: the decorators are for the whole app, and for Fastify 5.
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "@credicorp/oauth-verifier",
  [Symbol.for("plugin-meta")]: { fastify: "5.x", name: "@credicorp/oauth-verifier" },
});
