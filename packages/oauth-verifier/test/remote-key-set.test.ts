import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { createIssuerKey } from "./support/issuer.ts";
import { setUp } from "./support/set-up.ts";

async function transport(): Promise<never> {
  throw new Error("planted");
}

describe("keys over time", () => {
  it("fetches once for a hundred tokens at once", async () => {
    const { issuer, verify } = await setUp();

    const outcomes = await Promise.all(Array.from({ length: 100 }, () => verify()));

    expect(new Set(outcomes)).toEqual(new Set(["ok"]));
    expect(issuer.requests).toHaveLength(2);
  });

  it("JWK-04 verifies with a new key at its first token, without failing the old", async () => {
    const { issuer, verify } = await setUp();
    await verify();
    const [old] = issuer.keys;
    issuer.keys = [createIssuerKey("k2"), ...(old === undefined ? [] : [old])];

    expect(await verify()).toBe("ok");
    expect(issuer.requests.filter((path) => path === "/jwks")).toHaveLength(2);
  });

  it("ATK-16 stops to accept a removed key when the lifetime of the set is over", async () => {
    const { issuer, clock, verifier, verify } = await setUp();
    issuer.cacheControl = "max-age=60";
    const [old] = issuer.keys;
    const token = old?.sign(issuer.claims()) ?? "";
    await verify();
    issuer.keys = [createIssuerKey("k2")];

    clock.advance(47);
    expect((await verifier.verifyToken(token)).kind).toBe("ok");
    clock.advance(13);
    expect(await verifier.verifyToken(token)).toMatchObject({
      kind: "rejected",
      detail: { code: "key_not_found" },
    });
  });

  it("serves through an outage within the bound, then is unavailable, then recovers", async () => {
    const { issuer, clock, verifier, verify } = await setUp({ maxStaleSeconds: 300 });
    issuer.cacheControl = "max-age=100";
    await verify({ exp: Date.now() / 1000 + 3600 });
    const late = { exp: Date.now() / 1000 + 3600 };
    await issuer.setDown(true);

    clock.advance(150);
    expect(await verify(late)).toBe("ok");
    expect(verifier.health()).toMatchObject({
      phase: "stale",
      failures: 1,
      lastFailure: "network",
    });
    clock.advance(250);
    expect(await verify(late)).toBe("unavailable: keys_unavailable");
    expect(verifier.health().phase).toBe("dead");
    await issuer.setDown(false);
    clock.advance(60);
    expect(await verify(late)).toBe("ok");
    expect(verifier.health()).toMatchObject({ phase: "fresh", failures: 0 });
  });

  it("refreshes ahead without making a request wait", async () => {
    const { issuer, clock, verifier, verify } = await setUp();
    issuer.cacheControl = "max-age=100";
    await verify();
    clock.advance(85);
    issuer.answerKeys = () => undefined;

    expect(await verify()).toBe("ok");
    await expect.poll(() => issuer.requests.filter((path) => path === "/jwks").length).toBe(2);
    expect(await verify()).toBe("ok");
    verifier.close();
  });

  it("ATK-13 ATK-41 asks the issuer no more than four times for a thousand unknown key ids", async () => {
    const { issuer, verify } = await setUp();

    const outcomes: string[] = [];
    for (let index = 0; index < 1000; index += 1)
      outcomes.push(await verify({}, { kid: `unknown-${index}` }));

    expect(new Set(outcomes)).toEqual(new Set(["rejected: key_not_found"]));
    expect(issuer.requests.filter((path) => path === "/jwks")).toHaveLength(4);
    expect(await verify()).toBe("ok");
  });

  it("names the document that it has, and goes on with it for another lifetime when that is current", async () => {
    const { issuer, clock, verifier, verify } = await setUp();
    const far = { exp: Date.now() / 1000 + 3600 };
    const conditions: (string | undefined)[] = [];
    issuer.answerKeys = (response, { headers }) => {
      conditions.push(headers["if-none-match"]);
      response.setHeader("Cache-Control", "max-age=100").setHeader("ETag", '"v1"');
      if (conditions.length > 1) return void response.writeHead(304).end();
      return void response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
    };

    for (let lifetime = 0; lifetime < 3; lifetime += 1) {
      expect(await verify(far)).toBe("ok");
      clock.advance(100);
    }
    expect(conditions).toEqual([undefined, '"v1"', '"v1"']);
    expect(verifier.health().lastFailure).toBeUndefined();
  });

  it("believes neither one answer without its keys nor one without any", async () => {
    const { issuer, clock, verify, verifier } = await setUp();
    const [good] = issuer.keys;
    const far = { exp: Date.now() / 1000 + 3600 };
    await verify(far);
    const token = good?.sign(issuer.claims(far)) ?? "";
    let answers = 0;
    issuer.answerKeys = (response) => {
      answers += 1;
      const keys = answers === 1 ? [createIssuerKey("other").jwk] : [good?.jwk];
      response.end(JSON.stringify({ keys }));
    };

    clock.advance(600);
    expect((await verifier.verifyToken(token)).kind).toBe("ok");
    expect(answers).toBe(2);
    issuer.answerKeys = (response) => response.end('{"keys":[]}');
    clock.advance(600);
    expect((await verifier.verifyToken(token)).kind).toBe("ok");
    expect(verifier.health()).toMatchObject({ lastFailure: "jwks_no_usable_key", keyIds: ["k1"] });
  });

  it("says by ready whether there are keys", async () => {
    const { issuer, clock, verifier } = await setUp();
    await issuer.setDown(true);

    await expect(verifier.ready()).rejects.toMatchObject({ kind: "network", retryable: true });
    await issuer.setDown(false);
    clock.advance(60);
    await expect(verifier.ready()).resolves.toBeUndefined();
    expect(verifier.health()).toMatchObject({ phase: "fresh", keyIds: ["k1"] });
  });

  it("stays usable when a port breaks its promise and rejects", async () => {
    const verifier = createVerifier({
      issuer: "https://as.example",
      audience: null,
      ports: { transport },
    });
    const token = createIssuerKey("k1").sign({});

    expect(await verifier.verifyToken(token)).toMatchObject({ kind: "unavailable" });
    expect(verifier.health()).toMatchObject({
      phase: "empty",
      failures: 1,
      lastFailure: "port_threw",
    });
  });
});
