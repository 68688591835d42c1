import type { DpopProofClaims } from "@credicorp/oauth-core/jwt";
import { encodeDpopProofHeader, parseDpopProof } from "@credicorp/oauth-core/jwt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { DpopKey } from "../support/dpop-key.ts";
import { createDpopKey } from "../support/dpop-key.ts";
import { bytes } from "../support/node-ports.ts";

const key = await createDpopKey();
const claims: DpopProofClaims = {
  method: "POST",
  url: "https://hub.example.com/partner/v1/oauth/token",
  issuedAt: 1_700_000_000,
  jti: "a",
};
const payload = { htm: "POST", htu: claims.url, iat: claims.issuedAt, jti: "a" };

function codeOf(proof: string): string {
  const parsed = parseDpopProof(proof, bytes);
  return parsed.ok ? "ok" : parsed.failure.code;
}

function headerOf(proof: string): Record<string, unknown> {
  const [segment = ""] = proof.split(".");
  return JSON.parse(Buffer.from(segment, "base64url").toString("utf8")) as Record<string, unknown>;
}

describe("a DPoP proof", () => {
  it("DPOP-01 reads what it has written, whatever the claims are", async () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
    const optional = fc.option(text, { nil: undefined });
    const time = fc.integer({ min: 0, max: 4_102_444_800 });
    const optionalTime = fc.option(time, { nil: undefined });
    const anyClaims = fc.record({
      method: text,
      url: text,
      issuedAt: time,
      jti: text,
      accessTokenHash: optional,
      nonce: optional,
      expiresAt: optionalTime,
      notBefore: optionalTime,
    });

    await fc.assert(
      fc.asyncProperty(anyClaims, async (written) => {
        const parsed = parseDpopProof(await key.prove(written), bytes);
        expect(parsed).toMatchObject({
          ok: true,
          value: { algorithm: "ES256", jwk: key.jwk, claims: written },
        });
      }),
    );
  });

  it.each(["PS256", "Ed25519"] as const)("DPOP-01 is written and read with %s", async (name) => {
    const other = await createDpopKey(name);

    const proof = await other.prove(claims);

    expect(parseDpopProof(proof, bytes)).toMatchObject({
      ok: true,
      value: { algorithm: name, jwk: other.jwk, claims },
    });
  });

  it("DPOP-01 writes the members that make up the key, and neither private ones nor names", async () => {
    const jwk = { ...key.privateJwk, kid: "1", use: "sig", alg: "ES256", key_ops: ["sign"] };

    const header = encodeDpopProofHeader({ algorithm: "ES256", jwk }, bytes);

    const { kty, crv, x, y } = key.jwk;
    expect(headerOf(header)).toEqual({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } });
  });

  it.each([
    ["the older name of an algorithm", { alg: "EdDSA" }],
    ["a type with its prefix, in another case", { typ: "Application/DPoP+JWT" }],
    ["a key id", { kid: "x" }],
    ["a key that says what it is for", "sig"],
  ])("DPOP-01 reads %s", async (_name, change) => {
    const other = await createDpopKey("Ed25519");
    const header =
      typeof change === "string"
        ? { jwk: { ...other.jwk, use: change, alg: "EdDSA", key_ops: ["verify"], ext: true } }
        : change;

    expect(codeOf(await other.sign(payload, header))).toBe("ok");
  });

  it.each([undefined, "", "JWT", "at+jwt", "dpop", "dpop+jwt;x=1", "dpop+jwt ", "x/dpop+jwt"])(
    "DPOP-01 ATK-50 refuses the type %j",
    async (typ) => {
      expect(codeOf(await key.sign(payload, { typ }))).toBe("dpop_type");
    },
  );

  it.each(["none", "None", "HS256", "HS512", "", "es256", "ES256K", "__proto__", "A128KW"])(
    "DPOP-01 ATK-50 ATK-01 refuses the algorithm %j",
    async (alg) => {
      expect(codeOf(await key.sign(payload, { alg }))).toBe("dpop_algorithm");
    },
  );

  const { jwk, privateJwk } = key;
  it.each<[string, unknown]>([
    ["no key", undefined],
    ["null", null],
    ["a text", JSON.stringify(jwk)],
    ["a list", [jwk]],
    ["a set", { keys: [jwk] }],
    ["a private key", privateJwk],
    ["a public key with an empty private member", { ...jwk, d: "" }],
    ["a symmetric key", { kty: "oct", k: "c2VjcmV0" }],
    ["a public key that is symmetric too", { ...jwk, k: "c2VjcmV0" }],
    ["a key of another type", { kty: "RSA", n: "AQAB", e: "AQAB" }],
    ["a key on another curve", { ...jwk, crv: "P-384" }],
    ["a key for another algorithm", { ...jwk, alg: "ES384" }],
    ["a key for encryption", { ...jwk, use: "enc" }],
    ["a key for other operations", { ...jwk, key_ops: ["sign"] }],
    ["a coordinate that is no text", { ...jwk, x: 1 }],
    ["a key without type", { ...jwk, kty: undefined }],
  ])("DPOP-01 ATK-50 refuses %s in the header", async (_name, given) => {
    expect(codeOf(await key.sign(payload, { jwk: given }))).toBe("dpop_key");
  });

  it.each(["htm", "htu", "iat", "jti"])("DPOP-01 refuses a proof without %s", async (name) => {
    expect(codeOf(await key.sign({ ...payload, [name]: undefined }))).toBe("dpop_claims");
  });

  it.each<[string, unknown]>([
    ["htm", ["POST"]],
    ["htm", ""],
    ["htu", ""],
    ["htu", { a: 1 }],
    ["iat", "1700000000"],
    ["iat", null],
    ["iat", true],
    ["jti", ""],
    ["jti", 1],
    ["ath", 1],
    ["ath", null],
    ["nonce", null],
    ["nonce", ["a"]],
    ["exp", "1700000000"],
    ["nbf", null],
  ])("DPOP-01 ATK-31 refuses %s that is %j", async (name, value) => {
    expect(codeOf(await key.sign({ ...payload, [name]: value }))).toBe("dpop_claims");
  });

  it("DPOP-01 ATK-20 refuses what is not one compact JWS", async () => {
    const proof = await key.prove(claims);
    const texts = [
      "",
      ".",
      "..",
      "a.b.c",
      `${proof}.`,
      `${proof}, ${proof}`,
      ` ${proof}`,
      "x.".repeat(9),
    ];

    expect(texts.map(codeOf)).toEqual(texts.map(() => "dpop_malformed"));
    expect(codeOf(proof)).toBe("ok");
  });

  it("ATK-24 reads 4096 characters and no more", async () => {
    const withLength = async (length: number): Promise<string> => {
      const proof = await key.prove(claims);
      const padding = Math.floor(((length - proof.length) * 3) / 4);
      return key.prove({ ...claims, jti: "a".repeat(padding + 1) });
    };

    const [short, long] = [await withLength(4096), await withLength(4100)];

    expect(short.length).toBeGreaterThan(4090);
    expect(long.length).toBeGreaterThan(4096);
    expect([codeOf(short), codeOf(long)]).toEqual(["ok", "dpop_malformed"]);
  });

  it("ATK-28 refuses critical extensions", async () => {
    expect(codeOf(await key.sign(payload, { crit: ["exp"], exp: 1 }))).toBe("dpop_malformed");
  });

  it("holds nothing of the proof in a failure", async () => {
    const spoiled: DpopKey["sign"] = (given, header) =>
      key.sign({ ...given, jti: "secret" }, header);
    for (const proof of [
      await spoiled({ ...payload, htm: 1 }),
      await spoiled(payload, { alg: "secret" }),
      await spoiled(payload, { typ: "secret" }),
      "secret.secret.secret",
    ]) {
      expect(JSON.stringify(parseDpopProof(proof, bytes))).not.toMatch(/secret/);
    }
  });
});
