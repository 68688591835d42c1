import type { ParsedJwkSet } from "@credicorp/oauth-core/protocol";
import { formatJwkSet, parseJwkSet, toPublicJwk } from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText } from "../support/wire-texts.ts";

// RFC 7517 appendix A.1
const ec = {
  kty: "EC",
  crv: "P-256",
  x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
  use: "enc",
  kid: "1",
};
const rsa = {
  kty: "RSA",
  n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
  e: "AQAB",
  alg: "RS256",
  kid: "2011-04-29",
};
// RFC 7517 appendix A.2 and A.3
const privateMember = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE";
const privateEc = { ...ec, d: privateMember };
const symmetric = { kty: "oct", alg: "A128KW", k: "GawgguFyGrWKav7AX4VKUg" };

const parse = (body: object): ParsedJwkSet | string => {
  const result = parseJwkSet(JSON.stringify(body), 50);
  return result.ok ? result.value : result.failure.code;
};

describe("JWK Set", () => {
  it("JWK-01 reads back every set it wrote", () => {
    const anyKey = fc.record(
      {
        kty: anyText.filter((kty) => kty !== "oct"),
        kid: anyText,
        use: anyText,
        alg: anyText,
        key_ops: fc.array(anyText, { maxLength: 3 }),
        crv: anyText,
        x: anyText,
        y: anyText,
        n: anyText,
        e: anyText,
      },
      { requiredKeys: ["kty"] },
    );
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 5 }), (keys) => {
        expect(parseJwkSet(formatJwkSet(keys), 5)).toEqual({
          ok: true,
          value: { keys, refused: 0 },
        });
      }),
    );
  });

  it("has the example of RFC 7517 appendix A.1", () => {
    expect(parse({ keys: [ec, rsa] })).toEqual({ keys: [ec, rsa], refused: 0 });
    expect(JSON.parse(formatJwkSet([ec, rsa]))).toEqual({ keys: [ec, rsa] });
  });

  it("JWK-01 writes public members only, whatever the key holds", () => {
    const secret = {
      d: privateMember,
      p: "p",
      q: "q",
      dp: "dp",
      dq: "dq",
      qi: "qi",
      k: "k",
      oth: [],
      priv: "x",
    };
    const key = { ...rsa, ...secret, x5u: "https://a.example", custom: 1 };

    expect(JSON.parse(formatJwkSet([key]))).toEqual({ keys: [rsa] });
    expect(toPublicJwk(key)).toEqual(rsa);
    expect(formatJwkSet([privateEc])).not.toContain(privateMember);
  });

  it("leaves out members that are undefined or inherited", () => {
    const inherited = Object.create({ kid: "inherited" }) as object;
    const key = Object.assign(inherited, { kty: "EC", use: undefined });

    expect(toPublicJwk(key)).toEqual({ kty: "EC" });
  });

  it.each([
    ["a private key (RFC 7517 appendix A.2)", privateEc],
    ["a symmetric key (RFC 7517 appendix A.3)", symmetric],
    ["a symmetric key without its value", { kty: "oct" }],
    ["an RSA key with a prime", { ...rsa, p: "x" }],
    ["a key with an empty private member", { ...ec, d: "" }],
    ["a key with other primes", { ...rsa, oth: [] }],
    ["a key of RFC 9864's kind with its private member", { kty: "AKP", priv: "x" }],
    ["a key without kty", { kid: "1" }],
    ["a key whose kty is no text", { kty: ["EC"] }],
    ["a key whose kid is a number", { ...ec, kid: 1 }],
    ["a key whose kid is an object", { ...ec, kid: {} }],
    ["a key whose alg is null", { ...ec, alg: null }],
    ["a key whose n is a list", { ...rsa, n: ["x"] }],
    ["a key whose key_ops is a text", { ...ec, key_ops: "verify" }],
    ["a key whose key_ops hold a number", { ...ec, key_ops: ["verify", 1] }],
    ["null", null],
    ["a text", "key"],
    ["a list", [ec]],
  ])("ATK-18 leaves out %s and keeps the rest of the set", (_name, entry) => {
    expect(parse({ keys: [entry, ec] })).toEqual({ keys: [ec], refused: 1 });
  });

  it("drops references to keys elsewhere, and members that it does not know", () => {
    const key = { ...ec, x5u: "https://evil.example", x5c: ["x"], jku: "https://evil.example" };

    expect(parse({ keys: [key] })).toEqual({ keys: [ec], refused: 0 });
  });

  it.each([
    "__proto__",
    "constructor",
    "../../etc/passwd",
    "' OR 1=1",
    "\u0000",
    "k".repeat(100_000),
  ])("takes a kid for a text and nothing more", (kid) => {
    const body = `{"keys":[{"kty":"EC","kid":${JSON.stringify(kid)},"__proto__":{"alg":"none"}}]}`;
    const result = parseJwkSet(body, 1);
    if (!result.ok) throw new Error(result.failure.code);

    expect(result.value).toEqual({ keys: [{ kty: "EC", kid }], refused: 0 });
    expect(result.value.keys[0]?.alg).toBeUndefined();
  });

  it.each([
    ["no keys", {}, "jwks_keys_invalid"],
    ["keys that are an object", { keys: { 0: ec, length: 1 } }, "jwks_keys_invalid"],
    ["keys that are null", { keys: null }, "jwks_keys_invalid"],
    ["a list of keys", [ec], "jwks_not_json"],
    ["51 keys", { keys: Array.from({ length: 51 }, () => ec) }, "jwks_too_many_keys"],
    [
      "51 entries that are no keys",
      { keys: Array.from({ length: 51 }, () => 1) },
      "jwks_too_many_keys",
    ],
  ])("ATK-18 refuses a set with %s", (_name, body, code) => {
    expect(parse(body)).toBe(code);
  });

  it.each(["", "<html></html>", "keys=", '{"keys":['])("ATK-18 refuses %j", (body) => {
    expect(parseJwkSet(body, 50)).toMatchObject({ failure: { code: "jwks_not_json" } });
  });

  it("takes an empty set, and as many keys as the limit", () => {
    expect(parse({ keys: [] })).toEqual({ keys: [], refused: 0 });
    expect(parse({ keys: Array.from({ length: 50 }, () => ec) })).toMatchObject({ refused: 0 });
  });
});
