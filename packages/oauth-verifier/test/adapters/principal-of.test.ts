import { createVerifier } from "@credicorp/oauth-verifier";
import { createRequireScope as createExpressGuards } from "@credicorp/oauth-verifier/express";
import {
  createRequireScope as createFastifyGuards,
  oauthVerifier,
} from "@credicorp/oauth-verifier/fastify";
import { withAccessToken } from "@credicorp/oauth-verifier/fetch";
import { createRequireScope as createHonoGuards } from "@credicorp/oauth-verifier/hono";
import type { FastifyRequest } from "fastify";
import fastify from "fastify";
import { describe, expect, it } from "vitest";

import { setUp } from "../support/set-up.ts";

const required = { issuer: "https://hub.example", audience: "https://api.example" };

describe("principalOf", () => {
  it("gives what a guard let pass to those that ask for no more than it did", async () => {
    const { verifier, issuer } = await setUp();
    const requireScope = createFastifyGuards(verifier);
    const [mayRead, mayWrite] = [
      requireScope("decisions:read"),
      requireScope("applications:write"),
    ];
    const others = createFastifyGuards(verifier);
    const app = fastify();
    const read: string[] = [];
    const tell = (
      request: FastifyRequest,
      readers: readonly (typeof requireScope.principalOf)[],
    ) => {
      for (const principalOf of readers) {
        try {
          read.push(principalOf(request).clientId);
        } catch (error) {
          read.push(String(error));
        }
      }
    };
    app.get("/", { onRequest: mayRead }, (request) => {
      tell(request, [
        mayRead.principalOf,
        requireScope.principalOf,
        mayWrite.principalOf,
        others.principalOf,
      ]);
      return "";
    });
    app.get("/open", (request) => {
      tell(request, [requireScope.principalOf]);
      return "";
    });
    const authorization = `Bearer ${issuer.keys[0]?.sign(issuer.claims()) ?? ""}`;
    await app.inject({ url: "/", headers: { authorization } });
    await app.inject({ url: "/open", headers: { authorization } });

    const unguarded = "Error: The route has no requireScope guard";
    expect(read).toEqual([
      "partner-1",
      "partner-1",
      "Error: The route's guard did not ask for the scope of this one",
      unguarded,
      unguarded,
    ]);
  });

  it.each([
    ["two scopes in one text", "decisions:read applications:write"],
    ["an empty text", ""],
    ["a scope that the resource does not have", "decisons:read"],
  ])("RMD-04 has no guard for %s", async (_name, scope) => {
    const verifier = createVerifier({ ...required, scopes: ["decisions:read"] });
    // As it comes from JavaScript, where no compiler has seen it.
    const text = scope as "decisions:read";
    const app = fastify();
    await app.register(oauthVerifier, { verifier });
    const makers = [
      () => app.requireScope(text),
      () => createFastifyGuards(verifier)(text),
      () => createExpressGuards(verifier)(text),
      () => createHonoGuards(verifier)(text),
      () => withAccessToken(verifier, { scope: [text] }, async () => new Response()),
    ];

    for (const make of makers) {
      expect(make).toThrow(expect.objectContaining({ code: "ERR_OAUTH_CONFIG", option: "scope" }));
    }
  });

  it("RMD-04 has no guard for a text in place of a list, which has letters for members", () => {
    const verifier = createVerifier(required);
    const scope = "decisions:read" as unknown as readonly string[];
    const make = (): unknown => withAccessToken(verifier, { scope }, async () => new Response());

    expect(make).toThrow(expect.objectContaining({ code: "ERR_OAUTH_CONFIG", option: "scope" }));
  });

  it("RS-03 goes on to ask for the scope that it was made for, whatever becomes of that list", async () => {
    const { issuer, verifier } = await setUp();
    const scope = ["applications:write"];
    const handle = withAccessToken(verifier, { scope }, async () => new Response("in"));
    scope.pop();
    const token = issuer.keys[0]?.sign(issuer.claims()) ?? "";
    const headers = { Authorization: `Bearer ${token}` };

    expect((await handle(new Request("https://api.example/", { headers }))).status).toBe(403);
  });

  it("RMD-04 takes every scope token where the resource's are not configured", () => {
    expect(() => createExpressGuards(createVerifier(required))("anything:else")).not.toThrow();
  });
});
