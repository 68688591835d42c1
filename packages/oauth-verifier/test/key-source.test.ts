import { describe, expect, it } from "vitest";

import type { Answer } from "./support/issuer.ts";
import { respond } from "./support/issuer.ts";
import { setUp } from "./support/set-up.ts";

function hang(): void {
  // The socket stays open, and nothing is sent.
}

const trickle: Answer = (response) => {
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};

describe("keys over a real socket", () => {
  it("finds the keys by the issuer's metadata, once", async () => {
    const { issuer, verify } = await setUp();

    expect([await verify(), await verify()]).toEqual(["ok", "ok"]);
    expect(issuer.requests).toEqual(["/.well-known/oauth-authorization-server", "/jwks"]);
  });

  it("asks for no metadata where it is told the place of the keys", async () => {
    const first = await setUp();
    const second = await setUp({ jwksUri: `${first.issuer.url}/jwks` });
    second.issuer.keys = first.issuer.keys;

    expect(await second.verify()).toBe("ok");
    expect(second.issuer.requests).toEqual([]);
    expect(first.issuer.requests).toEqual(["/jwks"]);
  });

  it.each([
    ["a redirect", respond(302, "", { Location: "/jwks-moved" }), "jwks_status"],
    ["a permanent redirect", respond(308, "", { Location: "/jwks-moved" }), "jwks_status"],
    ["an error", respond(500, "{}"), "jwks_status"],
    ["HTML", respond(200, "<!doctype html><p>Hello"), "jwks_not_json"],
    ["keys that are no array", respond(200, '{"keys":{"0":{}}}'), "jwks_keys_invalid"],
    [
      "10,000 keys",
      respond(200, JSON.stringify({ keys: Array.from({ length: 10_000 }, () => 0) })),
      "jwks_too_many_keys",
    ],
    ["no key", respond(200, '{"keys":[]}'), "jwks_no_usable_key"],
    ["more than 64 KiB", respond(200, Buffer.alloc(1_000_000, 32)), "too_large"],
  ])("ATK-18 is unavailable when the key set is %s", async (_name, answer, code) => {
    const { issuer, verifier, verify } = await setUp();
    issuer.answerKeys = answer;

    expect(await verify()).toBe("unavailable: keys_unavailable");
    expect(verifier.health()).toMatchObject({ phase: "empty", lastFailure: code });
    expect(issuer.requests).not.toContain("/jwks-moved");
  });

  it.each<[string, Answer]>([
    ["no answer", hang],
    ["a slow trickle", trickle],
  ])("ATK-18 gives up in time on %s", async (_name, answer) => {
    const { issuer, verifier, verify } = await setUp({ timeoutMs: 200 });
    issuer.answerKeys = answer;
    const started = performance.now();

    expect(await verify()).toBe("unavailable: keys_unavailable");
    expect(performance.now() - started).toBeLessThan(3000);
    expect(verifier.health().lastFailure).toBe("timeout");
  });

  it("ATK-18 ATK-06 uses the good keys of a set that also has a small RSA key and worse", async () => {
    const { issuer, verifier, verify } = await setUp();
    const [good] = issuer.keys;
    const bad = [
      null,
      { kty: "RSA", n: "AQAB", e: "AQAB", alg: "RS256", kid: "small" },
      { kty: "oct", k: "AA" },
    ];
    issuer.answerKeys = respond(200, JSON.stringify({ keys: [...bad, good?.jwk] }));

    expect(await verify()).toBe("ok");
    expect(verifier.health().keyIds).toEqual(["k1"]);
  });

  it.each([
    [
      "ATK-14 names another issuer",
      (url: string) => ({ issuer: `${url}/`, token_endpoint: `${url}/t`, jwks_uri: `${url}/jwks` }),
      "metadata_issuer_mismatch",
    ],
    [
      "names no keys",
      (url: string) => ({ issuer: url, token_endpoint: `${url}/t` }),
      "metadata_jwks_uri_missing",
    ],
    [
      "ATK-14 names keys on plain http elsewhere",
      (url: string) => ({
        issuer: url,
        token_endpoint: `${url}/t`,
        jwks_uri: "http://169.254.169.254/jwks",
      }),
      "metadata_insecure",
    ],
  ])("MD-03 is unavailable when the metadata %s", async (_name, metadata, code) => {
    const { issuer, verifier, verify } = await setUp();
    issuer.answerMetadata = respond(200, JSON.stringify(metadata(issuer.url)));

    expect(await verify()).toBe("unavailable: keys_unavailable");
    expect(verifier.health().lastFailure).toBe(code);
    expect(issuer.requests).not.toContain("/jwks");
  });

  it("ATK-14 takes neither a redirect nor an error for metadata", async () => {
    const { issuer, clock, verifier, verify } = await setUp();

    for (const answer of [respond(302, "", { Location: "/elsewhere" }), respond(404, "{}")]) {
      issuer.answerMetadata = answer;
      expect(await verify()).toBe("unavailable: keys_unavailable");
      expect(verifier.health().lastFailure).toBe("metadata_status");
      clock.advance(60);
    }
    expect(issuer.requests).not.toContain("/elsewhere");
  });

  it("looks the place of the keys up again after an hour and after a failure", async () => {
    const { issuer, clock, verify } = await setUp();
    const far = { exp: Math.floor(Date.now() / 1000) + 86_400 };
    const discoveries = (): number =>
      issuer.requests.filter((path) => path.startsWith("/.well-known/")).length;

    expect([await verify(far), discoveries()]).toEqual(["ok", 1]);
    clock.advance(3599);
    expect([await verify(far), discoveries()]).toEqual(["ok", 1]);
    clock.advance(601);
    expect([await verify(far), discoveries()]).toEqual(["ok", 2]);
    issuer.answerKeys = respond(404, "");
    clock.advance(601);
    expect([await verify(far), discoveries()]).toEqual(["ok", 2]);
    issuer.answerKeys = undefined;
    clock.advance(60);
    expect(await verify(far)).toBe("ok");
    await expect.poll(discoveries).toBe(3);
  });

  it.each<[string, Answer]>([
    ["hangs", hang],
    ["breaks off", (response) => response.destroy()],
    ["answers 500", respond(500, "")],
    ["answers 503", respond(503, "")],
  ])("keeps to the known place of the keys while the metadata %s", async (_name, answer) => {
    const { issuer, clock, verifier, verify } = await setUp({ timeoutMs: 200 });
    const far = { exp: Math.floor(Date.now() / 1000) + 86_400 };
    expect(await verify(far)).toBe("ok");
    issuer.answerMetadata = answer;
    clock.advance(20_000);

    expect(await verify(far)).toBe("ok");
    expect(verifier.health().lastFailure).toBeUndefined();
    expect(issuer.requests.filter((path) => path === "/jwks")).toHaveLength(2);
  });

  it.each<[string, (url: string) => object, string]>([
    ["names another issuer", () => ({ issuer: "https://as.example" }), "metadata_issuer_mismatch"],
    [
      "is insecure",
      (url) => ({ issuer: url, token_endpoint: "http://as.example/t", jwks_uri: `${url}/jwks` }),
      "metadata_insecure",
    ],
  ])(
    "MD-03 forgets the known place of the keys when the metadata %s",
    async (_name, make, code) => {
      const { issuer, clock, verifier, verify } = await setUp();
      const far = { exp: Math.floor(Date.now() / 1000) + 86_400 };
      expect(await verify(far)).toBe("ok");
      issuer.answerMetadata = respond(200, JSON.stringify(make(issuer.url)));
      clock.advance(20_000);

      expect(await verify(far)).toBe("unavailable: keys_unavailable");
      expect(verifier.health().lastFailure).toBe(code);
      issuer.answerMetadata = respond(503, "");
      clock.advance(60);
      expect(await verify(far)).toBe("unavailable: keys_unavailable");
      expect(issuer.requests.filter((path) => path === "/jwks")).toHaveLength(1);
    },
  );

  it("ends a fetch in flight when it is closed, and starts no other", async () => {
    const { issuer, verifier, verify } = await setUp({ timeoutMs: 60_000 });
    issuer.answerKeys = hang;
    const pending = verify();
    await expect.poll(() => issuer.requests).toContain("/jwks");
    verifier.close();

    expect(await pending).toBe("unavailable: keys_unavailable");
    const { length } = issuer.requests;
    expect(await verify()).toBe("unavailable: keys_unavailable");
    await expect(verifier.ready()).rejects.toMatchObject({ kind: "aborted" });
    expect(issuer.requests).toHaveLength(length);
  });
});
