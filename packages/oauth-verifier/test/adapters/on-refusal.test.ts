import { createRequireScope as createExpressGuards } from "@credicorp/oauth-verifier/express";
import { createRequireScope as createFastifyGuards } from "@credicorp/oauth-verifier/fastify";
import { withAccessToken } from "@credicorp/oauth-verifier/fetch";
import { createRequireScope as createHonoGuards } from "@credicorp/oauth-verifier/hono";
import type { Verifier } from "@credicorp/oauth-verifier";
import type { FastifyBaseLogger } from "fastify";
import fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";

import { setUp } from "../support/set-up.ts";

const failure = new Error("planted");
const onRefusal = (): never => {
  throw failure;
};

const ignore = (): void => undefined;
const silent = {
  fatal: ignore,
  error: ignore,
  warn: ignore,
  debug: ignore,
  trace: ignore,
  silent: ignore,
};

const info = (_told: unknown, message?: string): void => {
  if (message?.includes("is not accepted") === true) throw failure;
};

/** Verifiers that answer at once and later. */
async function createVerifiers(): Promise<readonly Verifier[]> {
  const { verifier } = await setUp();
  const later: Verifier = {
    ...verifier,
    beginRequest: async (request, requirement) => verifier.beginRequest(request, requirement),
  };
  return [verifier, later];
}

describe("a certificate that cannot be read", () => {
  it("lets nobody in, and is an error of the framework", async () => {
    const { issuer, verifier } = await setUp();
    const token = issuer.keys[0]?.sign(issuer.claims({ cnf: { "x5t#S256": "x" } })) ?? "";
    await verifier.ready();
    const guard = createExpressGuards(verifier, { clientCertificate: onRefusal })();
    const rawHeaders = ["Authorization", `Bearer ${token}`];
    const told: unknown[] = [];

    guard({ method: "GET", url: "/", rawHeaders } as never, {} as never, (error) => {
      told.push(error);
    });

    expect(told).toEqual([failure]);
  });
});

describe("a log that fails", () => {
  it("lets nobody in, and is an error of the framework", async () => {
    const request = new Request("https://api.example/");
    for (const verifier of await createVerifiers()) {
      const told: unknown[] = [];
      const guard = createExpressGuards(verifier, { onRefusal })();
      const incoming = { method: "GET", url: "/", rawHeaders: [] };
      await new Promise<void>((resolve) => {
        guard(incoming as never, {} as never, (error) => {
          told.push(error);
          resolve();
        });
      });
      const app = new Hono()
        .onError((error, context) => context.text(String(error === failure), 500))
        .get("/", createHonoGuards(verifier, { onRefusal })(), (context) => context.text("in"));
      told.push(await (await app.fetch(request)).text());

      const logger: FastifyBaseLogger = { level: "info", ...silent, child: () => logger, info };
      const server = fastify({ loggerInstance: logger });
      server.get("/", { onRequest: createFastifyGuards(verifier)() }, async () => "in");
      const answer = await server.inject("/");

      expect([answer.statusCode, answer.json().message]).toEqual([500, "planted"]);
      expect(told).toEqual([failure, "true"]);
      await expect(
        withAccessToken(verifier, { onRefusal }, async () => new Response("in"))(request),
      ).rejects.toBe(failure);
    }
  });
});
