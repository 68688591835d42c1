import type { IncomingMessage } from "node:http";

import type { ClaimsWith, Principal } from "@credicorp/oauth-verifier";
import { createGuard, createVerifier, openApiSecurity } from "@credicorp/oauth-verifier";
import { createRequireScope as createExpressGuards } from "@credicorp/oauth-verifier/express";
import {
  createRequireScope as createFastifyGuards,
  oauthVerifier,
} from "@credicorp/oauth-verifier/fastify";
import { withAccessToken } from "@credicorp/oauth-verifier/fetch";
import { createRequireScope as createHonoGuards } from "@credicorp/oauth-verifier/hono";
import express from "express";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Hono } from "hono";
import { expectTypeOf } from "vitest";
import { z } from "zod";

const verifier = createVerifier({
  issuer: "https://hub.example",
  audience: "https://api.example",
  scopes: ["applications:write", "decisions:read"],
  claims: z.object({ tenant: z.string() }),
});
type Claims = ClaimsWith<{ tenant: string }>;
type Reader = Principal<"decisions:read", Claims>;

// Express: a guard knows what it has seen to, and the route still knows its parameters.
{
  const requireScope = createExpressGuards(verifier);
  const mayRead = requireScope("decisions:read");
  expectTypeOf(mayRead.principalOf).toEqualTypeOf<(request: IncomingMessage) => Reader>();
  expectTypeOf(requireScope.principalOf).returns.toEqualTypeOf<Principal<never, Claims>>();
  // @ts-expect-error A scope that the resource does not have.
  requireScope("decisons:read");
  express().get("/decisions/:id", mayRead, (request) => {
    expectTypeOf(request.params.id).toBeString();
    expectTypeOf(mayRead.principalOf(request).claims.extensions.tenant).toBeString();
  });
}

// Fastify: the plugin knows texts, `createRequireScope` knows the scopes.
{
  const requireScope = createFastifyGuards(verifier);
  const mayRead = requireScope("decisions:read");
  expectTypeOf(mayRead.principalOf).toEqualTypeOf<(request: FastifyRequest) => Reader>();
  // @ts-expect-error A scope that the resource does not have.
  requireScope("decisons:read");
  const app = {} as FastifyInstance;
  void app.register(oauthVerifier, { verifier });
  app.get<{ Params: { id: string } }>("/decisions/:id", { onRequest: mayRead }, (request) => {
    expectTypeOf(request.params.id).toBeString();
    expectTypeOf(request.principal).toEqualTypeOf<Principal>();
  });
  expectTypeOf(app.requireScope("any:thing").principalOf).returns.toEqualTypeOf<
    Principal<"any:thing">
  >();
}

// Hono: the context has the principal, with what the guard has seen to.
{
  const requireScope = createHonoGuards(verifier);
  // @ts-expect-error A scope that the resource does not have.
  requireScope("decisons:read");
  new Hono().get("/decisions/:id", requireScope("decisions:read"), (context) => {
    expectTypeOf(context.req.param("id")).toBeString();
    expectTypeOf(context.get("principal")).toEqualTypeOf<Reader>();
    return context.body(null);
  });
}

// Fetch handlers: the principal is an argument, what the runtime passes comes after it.
{
  const handler = withAccessToken(
    verifier,
    { scope: ["decisions:read"] },
    async (_request, principal, _environment: { readonly region: string }) => {
      expectTypeOf(principal).toEqualTypeOf<Reader>();
      return new Response();
    },
  );
  expectTypeOf(handler).toEqualTypeOf<
    (request: Request, environment: { readonly region: string }) => Promise<Response>
  >();
  withAccessToken(verifier, {}, async (_request, principal) => {
    expectTypeOf(principal).toEqualTypeOf<Principal<never, Claims>>();
    return new Response();
  });
  // @ts-expect-error A scope that the resource does not have.
  withAccessToken(verifier, { scope: ["decisons:read"] }, async () => new Response());
}

// What adapters of others are made of, and data for documents.
{
  const passage = await createGuard(verifier, ["decisions:read"])(new Request("https://x.example"));
  if (passage.kind === "passed") expectTypeOf(passage.principal).toEqualTypeOf<Reader>();
  // @ts-expect-error A scope that the resource does not have.
  createGuard(verifier, ["decisons:read"]);
  const { security } = openApiSecurity(verifier, { tokenUrl: "https://hub.example/token" });
  // @ts-expect-error A scope that the resource does not have.
  security("decisons:read");
}
