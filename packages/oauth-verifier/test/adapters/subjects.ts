import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { createRequireScope as createExpressGuards } from "@credicorp/oauth-verifier/express";
import { serveResourceMetadata as serveOnExpress } from "@credicorp/oauth-verifier/express";
import { oauthVerifier } from "@credicorp/oauth-verifier/fastify";
import { withAccessToken, withResourceMetadata } from "@credicorp/oauth-verifier/fetch";
import { createRequireScope as createHonoGuards } from "@credicorp/oauth-verifier/hono";
import { serveResourceMetadata as serveOnHono } from "@credicorp/oauth-verifier/hono";
import { createAdaptorServer } from "@hono/node-server";
import type { Principal } from "@credicorp/oauth-verifier";
import express5 from "express";
import express4 from "express-4";
import fastify from "fastify";
import { Hono } from "hono";
import { onTestFinished } from "vitest";

import type { Subject } from "./subject.ts";
import { listen } from "../support/listen.ts";
import { describePrincipal } from "./subject.ts";

const fastifySubject: Subject = {
  name: "Fastify",
  start: async (verifier, { onHandled, onRefusal }) => {
    const log = {
      write: (line: string) => {
        const { oauth } = JSON.parse(line) as { oauth?: { code: string } };
        if (oauth !== undefined) onRefusal(oauth.code);
      },
    };
    const app = fastify({ logger: { level: "info", stream: log } });
    await app.register(oauthVerifier, { verifier });
    const decisions = { onRequest: app.requireScope("decisions:read") };
    app.get("/decisions", decisions, async ({ principal }) => {
      onHandled();
      return describePrincipal(principal);
    });
    await app.register(
      async (v1) => {
        v1.get("/decisions", decisions, async ({ principal }) => describePrincipal(principal));
      },
      { prefix: "/v1" },
    );
    app.get("/any", { onRequest: app.requireScope() }, async ({ principal }) =>
      describePrincipal(principal),
    );
    app.get("/broken", { onRequest: app.requireScope() }, async () => {
      throw new Error("planted");
    });
    app.get("/open", async () => "open");
    await app.listen({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => app.close());
    return (app.server.address() as AddressInfo).port;
  },
};

function expressSubject(name: string, express: typeof express5): Subject {
  return {
    name,
    start: async (verifier, { onHandled, onRefusal }) => {
      const app = express();
      // It prints stack traces otherwise.
      app.set("env", "test");
      const requireScope = createExpressGuards(verifier, {
        onRefusal: ({ detail }) => onRefusal(detail.code),
      });
      const mayRead = requireScope("decisions:read");
      const v1 = express.Router();
      app.use(serveOnExpress(verifier));
      app.use("/v1", v1);
      app.get("/decisions", mayRead, (request, response) => {
        onHandled();
        response.json(describePrincipal(mayRead.principalOf(request)));
      });
      v1.get("/decisions", mayRead, (request, response) => {
        response.json(describePrincipal(mayRead.principalOf(request)));
      });
      app.get("/any", requireScope(), (request, response) => {
        response.json(describePrincipal(requireScope.principalOf(request)));
      });
      app.get("/broken", requireScope(), () => {
        throw new Error("planted");
      });
      app.get("/open", (_request, response) => {
        response.send("open");
      });
      return listen(createServer(app));
    },
  };
}

const honoSubject: Subject = {
  name: "Hono",
  joinsFields: true,
  start: async (verifier, { onHandled, onRefusal }) => {
    const app = new Hono();
    const requireScope = createHonoGuards(verifier, {
      onRefusal: ({ detail }) => onRefusal(detail.code),
    });
    app.use(serveOnHono(verifier));
    app.get("/decisions", requireScope("decisions:read"), (context) => {
      onHandled();
      return context.json(describePrincipal(context.get("principal")));
    });
    app.route(
      "/v1",
      new Hono().get("/decisions", requireScope("decisions:read"), (context) =>
        context.json(describePrincipal(context.get("principal"))),
      ),
    );
    app.get("/any", requireScope(), (context) =>
      context.json(describePrincipal(context.get("principal"))),
    );
    app.get("/broken", requireScope(), () => {
      throw new Error("planted");
    });
    app.get("/open", (context) => context.text("open"));
    app.onError((_error, context) => context.text("", 500));
    return listen(serve(app.fetch));
  },
};

const fetchSubject: Subject = {
  name: "fetch handler",
  joinsFields: true,
  start: async (verifier, { onHandled, onRefusal }) => {
    const requirement = {
      scope: ["decisions:read"],
      onRefusal: ({ detail }: { readonly detail: { readonly code: string } }) =>
        onRefusal(detail.code),
    } as const;
    const describe = (_request: Request, principal: Principal): Response =>
      Response.json(describePrincipal(principal));
    const decisions = withAccessToken(verifier, requirement, (request, principal) => {
      onHandled();
      return describe(request, principal);
    });
    const routes: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
      "/decisions": decisions,
      "/v1/decisions": withAccessToken(verifier, requirement, describe),
      "/any": withAccessToken(verifier, {}, describe),
      "/broken": withAccessToken(verifier, {}, async () => {
        throw new Error("planted");
      }),
      "/open": async () => new Response("open"),
    };
    const route = async (request: Request): Promise<Response> => {
      const handler = routes[new URL(request.url).pathname];
      const isRead = request.method === "GET" || request.method === "HEAD";
      if (handler === undefined || !isRead) return new Response(undefined, { status: 404 });
      return handler(request).catch(() => new Response(undefined, { status: 500 }));
    };
    return listen(serve(withResourceMetadata(verifier, route)));
  },
};

/** Node does not serve fetch handlers by itself. */
function serve(fetch: (request: Request) => Response | Promise<Response>) {
  return createAdaptorServer({ fetch, overrideGlobalObjects: false }) as ReturnType<
    typeof createServer
  >;
}

export const subjects: readonly Subject[] = [
  fastifySubject,
  expressSubject("Express 5", express5),
  expressSubject("Express 4", express4),
  honoSubject,
  fetchSubject,
];
