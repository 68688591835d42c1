/**
 * The verifier as a Fastify plugin: guards for routes, and the principal of each guarded request.
 *
 * @module
 */

import type { Outcome, Principal } from "@credicorp/oauth-core/resource-server";
import { isScopeToken } from "@credicorp/oauth-core/protocol";
import type { HeaderList } from "@credicorp/oauth-core";
import { ConfigurationError } from "@credicorp/oauth-core";
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import type { Verifier } from "./verifier.ts";

declare module "fastify" {
  interface FastifyInstance {
    /**
     * Makes a hook that lets a request pass when its token was granted every one of these scope tokens; with none, when
     * its token is good. As `onRequest` it answers before the body is read; it serves as `preHandler` too.
     */
    requireScope: (...scope: string[]) => ScopeGuard;
  }

  interface FastifyRequest {
    /** Who sent the request. Reading it throws on routes without a guard. */
    readonly principal: Principal;
  }
}

/** A hook for `onRequest` or `preHandler`; it makes no promise where nothing has to wait. */
export type ScopeGuard = (
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
) => void;

/** What the plugin needs. */
export interface OAuthVerifierPluginOptions {
  readonly verifier: Verifier;
}

const plugin: FastifyPluginCallback<OAuthVerifierPluginOptions> = (app, { verifier }, done) => {
  const held = Symbol("principal");
  type GuardedRequest = FastifyRequest & { [held]?: Principal };

  // A member that every request has from the start costs nothing to set.
  app.decorateRequest(held, undefined);
  app.decorateRequest("principal", {
    getter() {
      const principal = (this as GuardedRequest)[held];
      if (principal === undefined) throw new Error("The route has no requireScope guard");
      return principal;
    },
  });

  app.decorate("requireScope", (...scope) => {
    if (!scope.every(isScopeToken)) {
      throw new ConfigurationError(
        "scope",
        "Every argument of requireScope must be one scope token",
      );
    }
    const requirement = { scope };
    const conclude = (
      outcome: Outcome,
      {
        request,
        reply,
        done: pass,
      }: { request: GuardedRequest; reply: FastifyReply; done: () => void },
    ): void => {
      if (outcome.kind === "ok") {
        request[held] = outcome.principal;
        pass();
        return;
      }
      const { status, headers, body } = verifier.toResponse(outcome);
      request.log.info({ oauth: outcome.detail }, "The request's access token is not accepted");
      reply.code(status).headers(Object.fromEntries(headers)).send(body);
    };
    return (request, reply, pass) => {
      const { method, url, raw } = request;
      const headers = pairs(raw.rawHeaders);
      const outcome = verifier.beginRequest({ method, url, headers }, requirement);
      if (outcome instanceof Promise) {
        outcome.then((settled) => conclude(settled, { request, reply, done: pass }), pass);
      } else {
        conclude(outcome, { request, reply, done: pass });
      }
    };
  });

  done();
};

function pairs(rawHeaders: readonly string[]): HeaderList {
  const list: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    list.push([rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""]);
  }
  return list;
}

/** Adds `app.requireScope(…)` and `request.principal`. Whoever created the verifier closes it. */
export const oauthVerifier: FastifyPluginCallback<OAuthVerifierPluginOptions> = Object.assign(
  plugin,
  {
    // What the package fastify-plugin would set: the decorators are for the whole app, and for Fastify 5.
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "@credicorp/oauth-verifier",
    [Symbol.for("plugin-meta")]: { fastify: "5.x", name: "@credicorp/oauth-verifier" },
  },
);
