import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createDpopSetting, tokenUrl } from "./support/dpop-client.ts";
import { issuer } from "./support/test-server.ts";

describe("a DPoP proof that is refused", () => {
  it("DPOP-03 is a 400 invalid_dpop_proof that no cache keeps, without a nonce", async () => {
    const { server, prove, ask } = await createDpopSetting();

    const response = await ask(await prove({ method: "GET" }));

    expect(response).toMatchObject({ status: 400, json: { error: "invalid_dpop_proof" } });
    expect(response.header("content-type")).toBe("application/json");
    expect(response.header("cache-control")).toBe("no-store");
    expect(response.header("pragma")).toBe("no-cache");
    expect(response.header("dpop-nonce")).toBeUndefined();
    expect(server.events.at(-1)).toMatchObject({ why: "dpop_method", clientId: "basic" });
  });

  it("DPOP-01 ATK-50 comes twice, in two fields or in one", async () => {
    const { server, prove, ask } = await createDpopSetting();
    const [first, second] = [await prove(), await prove()];

    for (const fields of [[first, second], [first, first], [`${first}, ${second}`], [first, ""]]) {
      expect(await ask(fields)).toMatchObject({
        status: 400,
        json: { error: "invalid_dpop_proof" },
      });
    }
    expect(server.events.map((event) => "why" in event && event.why)).toEqual([
      "dpop_repeated",
      "dpop_repeated",
      "dpop_malformed",
      "dpop_repeated",
    ]);
    expect((await ask(first)).status).toBe(200);
  });

  it.each(["", " ", "x", "a.b.c", "null", "\u00e9", "x".repeat(5000)])(
    "DPOP-01 is no proof: %j",
    async (text) => {
      const { ask } = await createDpopSetting();

      expect(await ask(text)).toMatchObject({
        status: 400,
        json: { error: "invalid_dpop_proof" },
      });
    },
  );

  it("DPOP-01 ATK-50 holds the wrong key, type or algorithm", async () => {
    const { server, key, ask } = await createDpopSetting();
    const payload = { htm: "POST", htu: tokenUrl, iat: server.clock.now(), jti: "a" };
    const headers = {
      dpop_type: { typ: "JWT" },
      dpop_key: { jwk: key.privateJwk },
      dpop_algorithm: { alg: "HS256", jwk: { kty: "oct", k: "c2VjcmV0" } },
    };

    for (const [why, header] of Object.entries(headers)) {
      const response = await ask(await key.sign(payload, header));
      expect(response).toMatchObject({ status: 400, json: { error: "invalid_dpop_proof" } });
      expect(server.events.at(-1)).toMatchObject({ why });
    }
  });

  it.each([
    ["the issuer", issuer],
    ["the introspection endpoint", `${issuer}/partner/v1/oauth/introspect`],
    ["another origin", "https://proxy.example.org/partner/v1/oauth/token"],
    ["plain http", tokenUrl.replace("https", "http")],
    ["a slash more", `${tokenUrl}/`],
    ["the path alone", "/partner/v1/oauth/token"],
  ])("DPOP-02 ATK-49 is for %s", async (_name, url) => {
    const { server, prove, ask } = await createDpopSetting();

    expect((await ask(await prove({ url }))).status).toBe(400);
    expect(server.events.at(-1)).toMatchObject({ why: "dpop_url" });
  });

  it("DPOP-02 ATK-49 is measured by the configured URL, whatever host the request names", async () => {
    const { prove, ask } = await createDpopSetting();
    const headers = [
      ["Host", "proxy.example.org"],
      ["X-Forwarded-Host", "proxy.example.org"],
      ["Forwarded", "host=proxy.example.org;proto=https"],
    ] as const;

    const foreign = await ask(
      await prove({ url: "https://proxy.example.org/partner/v1/oauth/token" }),
      { headers },
    );
    const configured = await ask(await prove(), { headers });

    expect([foreign.status, configured.status]).toEqual([400, 200]);
  });

  it("DPOP-02 is not refused for its query, its fragment, case or port", async () => {
    const { prove, ask } = await createDpopSetting();
    const url = "HTTPS://HUB.example.com:443/partner/v1/oauth/token?a=b#c";

    expect((await ask(await prove({ url }))).status).toBe(200);
  });

  it("DPOP-02 is measured by the origin of an issuer that has a path", async () => {
    const { prove, ask } = await createDpopSetting({ issuer: `${issuer}/tenant` });

    expect((await ask(await prove())).status).toBe(200);
    expect(
      (await ask(await prove({ url: `${issuer}/tenant/partner/v1/oauth/token` }))).status,
    ).toBe(400);
  });

  it.each([
    [-3600, 400],
    [-61, 400],
    [-10, 200],
    [8, 200],
    [61, 400],
    [3600, 400],
  ])("DPOP-05 ATK-50 from %d seconds ahead is answered with %d", async (seconds, status) => {
    const { server, prove, ask } = await createDpopSetting();
    const issuedAt = server.clock.now() + seconds;

    expect((await ask(await prove({ issuedAt }))).status).toBe(status);
  });

  it("DPOP-05 is measured by the configured window", async () => {
    const { server, prove, ask } = await createDpopSetting({ dpop: { proofWindowSeconds: 10 } });
    const now = server.clock.now();

    expect((await ask(await prove({ issuedAt: now - 11 }))).status).toBe(400);
    expect((await ask(await prove({ issuedAt: now - 10 }))).status).toBe(200);
  });

  it("TOK-22 is looked at after the client, the grant and the scope", async () => {
    const { prove, ask } = await createDpopSetting();
    const bad = await prove({ method: "GET" });

    const errors = [
      await ask(bad, { headers: [["Authorization", "Basic eDp5"]] }),
      await ask(bad, { form: { grant_type: "password" } }),
      await ask(bad, { form: { grant_type: "client_credentials", scope: "unknown" } }),
      await ask(bad, { form: { grant_type: "client_credentials", resource: "urn:x" } }),
      await ask(bad),
    ].map(({ json }) => json["error"]);

    expect(errors).toEqual([
      "invalid_request",
      "unsupported_grant_type",
      "invalid_scope",
      "invalid_target",
      "invalid_dpop_proof",
    ]);
  });

  it("TOK-16 is described in the characters of the RFC, without anything of the proof", async () => {
    const { server, key, ask } = await createDpopSetting();
    const spoiled = { htm: 'x"\\\u00e9secret', htu: "secret", iat: 1, jti: "secret" };

    const responses = [
      await ask(await key.sign(spoiled)),
      await ask(await key.sign({ ...spoiled, htm: "POST" })),
      await ask(await key.sign(spoiled, { alg: "secret" })),
      await ask(await key.sign(spoiled, { typ: "secret" })),
    ];

    for (const { json } of responses) {
      expect(json["error_description"]).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    }
    expect(JSON.stringify([responses, server.events])).not.toContain("secret");
  });

  it("HTTP-06 is answered by the rules, whatever it holds", async () => {
    const limits = { token: null, address: null };
    const { server, key, ask } = await createDpopSetting({ limits });
    const good = { htm: "POST", htu: tokenUrl, iat: server.clock.now(), jti: "a", nonce: "n" };
    const changed = (members: object): fc.Arbitrary<Record<string, unknown>> =>
      fc
        .dictionary(
          fc.constantFrom(...Object.keys(members), "exp", "ath", "crit", "__proto__", "kid"),
          fc.oneof(fc.jsonValue(), fc.constantFrom(1e300, -1, "", tokenUrl, "toString")),
          { minKeys: 1, maxKeys: 3 },
        )
        .map((changes) => ({ ...members, ...changes }));
    const proofs = fc.oneof(
      fc.string({ unit: "binary" }).map((text) => Promise.resolve(text)),
      changed(good).map((payload) => key.sign(payload)),
      changed({ typ: "dpop+jwt", alg: "ES256", jwk: key.jwk }).map((header) =>
        key.sign(good, header),
      ),
      changed(key.jwk).map((jwk) => key.sign(good, { jwk })),
    );

    await fc.assert(
      fc.asyncProperty(proofs, async (proof) => {
        const { status, json } = await ask(await proof);
        // A change may change nothing, and a client may add what it likes.
        const expected = [undefined, "invalid_dpop_proof", "use_dpop_nonce"];
        expect(expected).toContain(json["error"]);
        expect(status).toBe(json["error"] === undefined ? 200 : 400);
      }),
    );
    expect(server.events.filter(({ type }) => type === "request_failed")).toEqual([]);
  });
});
