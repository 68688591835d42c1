/**
 * The verifier as a Fastify plugin: guards for routes, and the principal of each guarded request.
 *
 * @module
 */

import { TLSSocket } from "node:tls";

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

  /**
   * Reads the DER bytes of the certificate that the client connected with; asked only for tokens that are bound to one.
   * Where a proxy ends TLS, take it from what that proxy says, and make sure that nobody else can say it.
   *
   * @defaultValue that of the request's own TLS connection
   */
  readonly clientCertificate?: ((request: FastifyRequest) => Uint8Array | undefined) | undefined;
}

const plugin: FastifyPluginCallback<OAuthVerifierPluginOptions> = (app, options, done) => {
  const { verifier, clientCertificate: readCertificate = certificateOfConnection } = options;
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
      if (outcome.responseHeaders) reply.headers(Object.fromEntries(outcome.responseHeaders));
      pass();
      return;
    }
    const { status, headers, body } = verifier.toResponse(outcome);
    request.log.info({ oauth: outcome.detail }, "The request's access token is not accepted");
    reply.code(status).headers(Object.fromEntries(headers)).send(body);
  };

  app.decorate("requireScope", (...scope) => {
    if (!scope.every(isScopeToken)) {
      throw new ConfigurationError(
        "scope",
        "Every argument of requireScope must be one scope token",
      );
    }
    const requirement = { scope };
    return (request, reply, pass) => {
      // The URL as the client sent it: rewriting is this server's affair, and no proof is for it.
      const { method, originalUrl: url, raw } = request;
      const headers = pairs(raw.rawHeaders);
      const clientCertificate = (): Uint8Array | undefined => readCertificate(request);
      const outcome = verifier.beginRequest(
        { method, url, headers, clientCertificate, identity: raw },
        requirement,
      );
      if (outcome instanceof Promise) {
        outcome.then((settled) => conclude(settled, { request, reply, done: pass }), pass);
      } else {
        conclude(outcome, { request, reply, done: pass });
      }
    };
  });

  done();
};

function certificateOfConnection({ raw }: FastifyRequest): Uint8Array | undefined {
  const { socket } = raw;
  // Of a connection without a certificate it is an empty object.
  return socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined;
}

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
