import type { AddressInfo } from "node:net";

import { oauthVerifier } from "@credicorp/oauth-verifier/fastify";
import fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";

import { exchange } from "./support/raw-exchange.ts";
import type { Setting } from "./support/set-up.ts";
import { setUp } from "./support/set-up.ts";

/** A guarded API on a real socket. */
async function start(logger: { write: (line: string) => void } = { write: () => undefined }) {
  const setting = await setUp();
  const app = fastify({ logger: { level: "info", stream: logger } });
  await app.register(oauthVerifier, { verifier: setting.verifier });
  let handled = 0;
  app.get(
    "/decisions",
    { onRequest: app.requireScope("decisions:read") },
    async ({ principal }) => {
      handled += 1;
      return { client: principal.clientId, scope: principal.scope };
    },
  );
  app.post(
    "/applications",
    { preHandler: app.requireScope("applications:write") },
    async () => "written",
  );
  app.get("/any", { onRequest: app.requireScope() }, async ({ principal }) => principal.subject);
  app.get("/open", async () => "open");
  app.get("/mistake", async ({ principal }) => principal.clientId);
  await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const get = async (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, init);
  return { ...setting, app, port, get, handledCount: () => handled };
}

function bearer(
  { issuer }: Pick<Setting, "issuer">,
  change: object = {},
): { headers: Record<string, string> } {
  return {
    headers: { Authorization: `Bearer ${issuer.keys[0]?.sign(issuer.claims(change)) ?? ""}` },
  };
}

interface Refusal {
  readonly name: string;
  readonly path?: string;
  readonly init: (api: Setting) => RequestInit;
  readonly status: number;
  readonly challenge: RegExp;
}

describe("Fastify plugin", () => {
  it("gives a guarded route its principal", async () => {
    const api = await start();
    const response = await api.get("/decisions", bearer(api));

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ client: "partner-1", scope: ["decisions:read"] });
    expect(await (await api.get("/any", bearer(api, { scope: undefined }))).text()).toBe(
      "partner-1",
    );
    expect(await (await api.get("/open")).text()).toBe("open");
  });

  it.each<Refusal>([
    {
      name: "RS-01 no credentials",
      init: () => ({}),
      status: 401,
      challenge: /^Bearer realm="https:\/\/api\.example"$/,
    },
    {
      name: "RS-02 an expired token",
      init: (api) => bearer(api, { exp: 1_600_000_000 }),
      status: 401,
      challenge: /^Bearer realm="[^"]+", error="invalid_token"/,
    },
    {
      name: "RS-03 too little scope",
      init: (api) => bearer(api, { scope: "other" }),
      status: 403,
      challenge: /error="insufficient_scope".*scope="decisions:read"/,
    },
    {
      name: "RS-04 a malformed header",
      init: () => ({ headers: { Authorization: "Bearer a b" } }),
      status: 400,
      challenge: /error="invalid_request"/,
    },
    {
      name: "RS-07 a token in the query",
      path: "/decisions?access_token=abc",
      init: bearer,
      status: 400,
      challenge: /error="invalid_request"/,
    },
  ])("answers $name and does not run the handler", async (refusal) => {
    const { path = "/decisions", init, status, challenge } = refusal;
    const api = await start();
    const response = await api.get(path, init(api));

    expect(response.status).toBe(status);
    expect(response.headers.get("www-authenticate")).toMatch(challenge);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(await response.json()).toMatchObject({ status });
    expect(api.handledCount()).toBe(0);
  });

  it("ATK-42 RS-04 sees repeated Authorization fields, which Node's own object hides", async () => {
    const api = await start();
    const { Authorization } = bearer(api).headers;
    const text = await exchange(api.port, [
      "GET /decisions HTTP/1.1",
      "Host: api",
      `Authorization: ${Authorization ?? ""}`,
      "Authorization: Bearer other",
      "Connection: close",
    ]);

    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("ATK-46 guards HEAD as GET, and no other method reaches the handler", async () => {
    const api = await start();

    expect((await api.get("/decisions", { method: "HEAD" })).status).toBe(401);
    expect((await api.get("/decisions", { method: "HEAD", ...bearer(api) })).status).toBe(200);
    expect((await api.get("/decisions", { method: "OPTIONS" })).status).toBe(404);
    const overridden = { headers: { "X-HTTP-Method-Override": "GET" }, method: "POST" };
    expect((await api.get("/decisions", overridden)).status).toBe(404);
    expect(api.handledCount()).toBe(1);
  });

  it("answers 503 with Retry-After and without a challenge when the issuer is down", async () => {
    const api = await start();
    await api.issuer.setDown(true);
    const response = await api.get("/decisions", bearer(api));
    await api.issuer.setDown(false);

    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(response.headers.get("www-authenticate")).toBeNull();
  });

  it("throws where a route without a guard reads the principal", async () => {
    const api = await start();

    expect((await api.get("/mistake", bearer(api))).status).toBe(500);
  });

  it("serves as preHandler too, and refuses a scope that is none when the route is made", async () => {
    const api = await start();
    const init = { method: "POST", ...bearer(api, { scope: "applications:write decisions:read" }) };

    expect(await (await api.get("/applications", init)).text()).toBe("written");
    expect((await api.get("/applications", { ...init, ...bearer(api) })).status).toBe(403);
    expect(() => api.app.requireScope("decisions:read applications:write")).toThrow("scope");
  });

  it("RMD-01 serves the metadata at the root alone, whatever characters the path has", async () => {
    const resource = { identifier: "https://api.example/v1/a:b" };
    const { verifier } = await setUp({ audience: resource.identifier, resource });
    const app = fastify();
    await app.register(oauthVerifier, { verifier });
    const prefixed = fastify();
    prefixed.register(async (v1) => v1.register(oauthVerifier, { verifier }), { prefix: "/v1" });

    const { statusCode } = await app.inject("/.well-known/oauth-protected-resource/v1/a:b");
    expect(statusCode).toBe(200);
    expect((await app.inject("/.well-known/oauth-protected-resource/v1/axb")).statusCode).toBe(404);
    await expect(prefixed.ready()).rejects.toMatchObject({ option: "prefix" });
  });

  it("logs why a token was refused, and not the token", async () => {
    const lines: string[] = [];
    const api = await start({ write: (line) => lines.push(line) });
    const init = bearer(api, { exp: 1_600_000_000, sub: "planted" });
    await api.get("/decisions", init);
    const log = lines.join("");

    expect(log).toContain('"code":"expired"');
    for (const part of (init.headers["Authorization"] ?? "").split("."))
      expect(log).not.toContain(part);
  });
});
