import { createServer } from "node:http";

import { parseChallenges } from "@credicorp/oauth-core/protocol";
import { createVerifier } from "@credicorp/oauth-verifier";
import { createRequireScope as createExpressGuards } from "@credicorp/oauth-verifier/express";
import { createRequireScope as createHonoGuards } from "@credicorp/oauth-verifier/hono";
import express from "express";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";

import { startIssuer } from "../support/issuer.ts";
import { listen } from "../support/listen.ts";
import { createProofKey } from "../support/proof-key.ts";
import { exchange } from "./subject.ts";
import { subjects } from "./subjects.ts";

const origin = "https://api.example";
const proofKey = createProofKey();

/** A verifier that takes DPoP proofs, and requests with a bound token and a proof for `url`. */
async function setUp() {
  const issuer = await startIssuer();
  const verifier = createVerifier({
    issuer: issuer.url,
    audience: origin,
    scopes: ["applications:write", "decisions:read"],
    resource: { identifier: origin },
    dpop: { origin },
  });
  const token = issuer.keys[0]?.sign(issuer.claims({ cnf: { jkt: proofKey.jkt } })) ?? "";
  const headersFor = (url: string) =>
    [
      ["Authorization", `DPoP ${token}`],
      ["DPoP", proofKey.prove({ url, token })],
    ] as const;
  return { verifier, token, headersFor };
}

describe.each(subjects)("the adapter for $name", (subject) => {
  it("ATK-47 ATK-48 ATK-49 takes one proof for one request, made for the URL that its client knows", async () => {
    const { verifier, token, headersFor } = await setUp();
    const hooks = { onHandled: () => undefined, onRefusal: () => undefined };
    const port = await subject.start(verifier, hooks);
    const path = "/v1/decisions";
    const headers = headersFor(origin + path);
    const good = await exchange(port, { path, headers });
    const replayed = await exchange(port, { path, headers });
    const elsewhere = await exchange(port, { path, headers: headersFor(`${origin}/decisions`) });
    const bearer = [["Authorization", `Bearer ${token}`]] as const;
    const downgraded = await exchange(port, { path, headers: bearer });

    expect(good.status).toBe(200);
    const challenges = [replayed, elsewhere, downgraded].map(({ status, headers: fields }) => {
      expect(status).toBe(401);
      return parseChallenges(fields["www-authenticate"] ?? "")?.map(({ scheme, parameters }) => {
        expect(parameters["resource_metadata"]).toContain("/.well-known/oauth-protected-resource");
        return [scheme, parameters["error"]];
      });
    });
    expect(challenges).toEqual([
      [["DPoP", "invalid_dpop_proof"]],
      [["DPoP", "invalid_dpop_proof"]],
      [
        ["Bearer", "invalid_token"],
        ["DPoP", undefined],
      ],
    ]);
  });
});

describe("two guards on one route", () => {
  it("share a proof in Express", async () => {
    const { verifier, headersFor } = await setUp();
    const requireScope = createExpressGuards(verifier);
    const app = express();
    app.use(requireScope());
    app.get("/", requireScope("decisions:read"), (_request, response) => {
      response.end();
    });
    const port = await listen(createServer(app));
    const { status } = await exchange(port, { path: "/", headers: headersFor(`${origin}/`) });

    expect(status).toBe(200);
  });

  it("share a proof in Hono", async () => {
    const { verifier, headersFor } = await setUp();
    const requireScope = createHonoGuards(verifier);
    const app = new Hono();
    app.use(requireScope());
    app.get("/", requireScope("decisions:read"), (context) => context.body(null));
    const headers = headersFor(`${origin}/`).map(([name, value]): [string, string] => [
      name,
      value,
    ]);

    expect((await app.fetch(new Request(`${origin}/`, { headers }))).status).toBe(200);
  });
});
