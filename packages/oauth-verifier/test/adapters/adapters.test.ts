import { parseChallenges } from "@credicorp/oauth-core/protocol";
import { createVerifier } from "@credicorp/oauth-verifier";
import type { Verifier } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { createIssuerKey, startIssuer } from "../support/issuer.ts";
import { createTokenMaker, guardCases } from "./guard-cases.ts";
import type { ApiScope, RawRequest, RawResponse, Subject } from "./subject.ts";
import { exchange } from "./subject.ts";
import { subjects } from "./subjects.ts";

const identifier = "https://api.example";
const metadataPath = "/.well-known/oauth-protected-resource";
const stranger = createIssuerKey("k1");

/** An API on a real socket, built with one of the adapters. */
async function start(
  subject: Subject,
  decorate: (verifier: Verifier<ApiScope>) => Verifier<ApiScope> = (verifier) => verifier,
) {
  const issuer = await startIssuer();
  const verifier = createVerifier({
    issuer: issuer.url,
    audience: identifier,
    scopes: ["applications:write", "decisions:read"],
    resource: { identifier, name: "Partner API" },
  });
  const seen = { handled: 0, codes: [] as string[] };
  const port = await subject.start(decorate(verifier), {
    onHandled: () => {
      seen.handled += 1;
    },
    onRefusal: (code) => {
      seen.codes.push(code);
    },
  });
  const make = createTokenMaker(issuer, stranger);
  const ask = async (request: RawRequest): Promise<RawResponse> => exchange(port, request);
  const bearer = (change?: object) => [["Authorization", `Bearer ${make.token(change)}`]] as const;
  return { issuer, verifier, seen, make, ask, bearer };
}

describe.each(subjects)("the adapter for $name", (subject) => {
  it.each(guardCases.filter(({ status }) => status === 200))("$title", async ({ request }) => {
    const { ask, make, seen } = await start(subject);
    const { headers, status } = await ask(request(make));

    expect(status).toBe(200);
    expect(seen).toEqual({ handled: 1, codes: [] });
    expect(headers["www-authenticate"]).toBeUndefined();
  });

  it.each(guardCases.filter(({ status }) => status !== 200))("$title", async (guardCase) => {
    const { challenge = /(?!)/, codeOfJoined, ...expected } = guardCase;
    const code = (subject.joinsFields && codeOfJoined) || expected.code;
    const { ask, make, seen } = await start(subject);
    const request = guardCase.request(make);
    const { headers, body, status } = await ask(request);

    expect(status).toBe(expected.status);
    expect(seen).toEqual({ handled: 0, codes: [code] });
    expect(Object.keys(headers)).not.toContain("x-injected");
    const field = headers["www-authenticate"] ?? "";
    const before = `Bearer realm="${identifier}"`;
    const after = `, resource_metadata="${identifier}${metadataPath}"`;
    expect([field.slice(0, before.length), field.slice(-after.length)]).toEqual([before, after]);
    expect(field.slice(before.length, -after.length)).toMatch(challenge);
    expect(parseChallenges(field)).toHaveLength(1);
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["content-type"]).toContain("application/problem+json");
    expect(body === "").toBe(request.method === "HEAD");
    expect(body === "" ? { status } : JSON.parse(body)).toMatchObject({ status });
  });

  it("ATK-44 ATK-45 gives the same answer to every bad token", async () => {
    const { ask, make } = await start(subject);
    const cases = guardCases.filter(({ title }) => title.includes("ATK-45"));
    const answers = new Set<string>();
    for (const { request } of cases) {
      const { headers, body } = await ask(request(make));
      const { date: _date, ...fields } = headers;
      answers.add(JSON.stringify([fields, body]));
    }

    expect(cases.length).toBeGreaterThan(5);
    expect(answers.size).toBe(1);
  });

  it("gives guarded routes their principal, and leaves the others alone", async () => {
    const { ask, bearer } = await start(subject);
    const headers = bearer();

    expect(JSON.parse((await ask({ path: "/decisions", headers })).body)).toEqual({
      client: "partner-1",
      scope: ["decisions:read"],
    });
    const unscoped = bearer({ scope: undefined });
    expect(JSON.parse((await ask({ path: "/any", headers: unscoped })).body)).toEqual({
      client: "partner-1",
      scope: [],
    });
    expect((await ask({ path: "/open" })).body).toBe("open");
  });

  it("ATK-46 lets no other method and no override reach the handler", async () => {
    const { ask, bearer, seen } = await start(subject);
    const overridden = [...bearer(), ["X-HTTP-Method-Override", "GET"] as const];

    await ask({ path: "/decisions", method: "OPTIONS" });
    await ask({ path: "/decisions", method: "OPTIONS", headers: bearer() });
    await ask({ path: "/decisions", method: "POST", headers: overridden });
    expect(seen.handled).toBe(0);
  });

  it("shows the verifier the whole URL and method of a route that is mounted beneath a path", async () => {
    const targets: string[] = [];
    const { ask, bearer } = await start(subject, (verifier) => ({
      ...verifier,
      beginRequest: (request, requirement) => {
        const { pathname, search } = new URL(request.url, "http://api.example");
        targets.push(`${request.method} ${pathname}${search}`);
        return verifier.beginRequest(request, requirement);
      },
    }));

    expect((await ask({ path: "/v1/decisions?page=2", headers: bearer() })).status).toBe(200);
    expect(targets).toEqual(["GET /v1/decisions?page=2"]);
  });

  it("answers 503 with Retry-After and without a challenge when the issuer is down", async () => {
    const { ask, bearer, issuer } = await start(subject);
    await issuer.setDown(true);
    const { status, headers } = await ask({ path: "/decisions", headers: bearer() });
    await issuer.setDown(false);

    expect(status).toBe(503);
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(headers["www-authenticate"]).toBeUndefined();
  });

  it("adds the fields that a good outcome asks for", async () => {
    const { ask, bearer } = await start(subject, (verifier) => ({
      ...verifier,
      beginRequest: async (request, requirement) => {
        const outcome = await verifier.beginRequest(request, requirement);
        return outcome.kind === "ok"
          ? { ...outcome, responseHeaders: [["DPoP-Nonce", "n-1"]] }
          : outcome;
      },
    }));

    expect((await ask({ path: "/decisions", headers: bearer() })).headers["dpop-nonce"]).toBe(
      "n-1",
    );
  });

  it("adds every field of a refusal, those of one name too", async () => {
    const { ask } = await start(subject, (verifier) => ({
      ...verifier,
      toResponse: (outcome) => {
        const response = verifier.toResponse(outcome);
        return { ...response, headers: [...response.headers, ["WWW-Authenticate", "DPoP"]] };
      },
    }));
    const field = (await ask({ path: "/decisions" })).headers["www-authenticate"] ?? "";

    expect(parseChallenges(field)?.map(({ scheme }) => scheme)).toEqual(["Bearer", "DPoP"]);
  });

  it("leaves errors to the framework: those of the route, and those of a verifier that breaks its word", async () => {
    const broken = await start(subject, (verifier) => ({
      ...verifier,
      beginRequest: () => Promise.reject(new Error("planted")),
    }));
    const good = await start(subject);

    expect((await broken.ask({ path: "/decisions", headers: broken.bearer() })).status).toBe(500);
    expect((await good.ask({ path: "/broken", headers: good.bearer() })).status).toBe(500);
    expect((await good.ask({ path: "/decisions", headers: good.bearer() })).status).toBe(200);
  });

  it("RMD-01 RMD-02 serves the resource's metadata to anybody, for a while", async () => {
    const { ask, issuer } = await start(subject);
    const { status, headers, body } = await ask({ path: metadataPath });

    expect([status, headers["content-type"]]).toEqual([
      200,
      expect.stringMatching(/^application\/json(; charset=utf-8)?$/),
    ]);
    expect(headers["cache-control"]).toBe("public, max-age=3600");
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(JSON.parse(body)).toEqual({
      resource: identifier,
      authorization_servers: [issuer.url],
      scopes_supported: ["applications:write", "decisions:read"],
      bearer_methods_supported: ["header"],
      resource_name: "Partner API",
    });
    expect((await ask({ path: `${metadataPath}?x=1` })).status).toBe(200);
    expect((await ask({ path: metadataPath, method: "HEAD" })).body).toBe("");
    expect((await ask({ path: metadataPath, method: "POST" })).status).not.toBe(200);
    expect((await ask({ path: `${metadataPath}/partner` })).status).toBe(404);
  });
});
