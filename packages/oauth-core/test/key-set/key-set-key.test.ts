import type { KeySetKey } from "@credicorp/oauth-core/key-set";
import { findKey, importKeys } from "@credicorp/oauth-core/key-set";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";
import { describe, expect, it } from "vitest";

import { createTestKey, signatureEngine } from "../support/node-ports.ts";

const context = { algorithms: ["ES256", "Ed25519"], signatureEngine } as const;

async function importedIds(jwks: readonly PublicJwk[]): Promise<readonly (string | undefined)[]> {
  return (await importKeys(jwks, context)).map(({ kid }) => kid);
}

describe("importKeys", () => {
  it("ATK-18 leaves out keys that are unfit, and keeps the others", async () => {
    const good = createTestKey("good", "ES256").jwk;
    const jwks: PublicJwk[] = [
      { kty: "EC", crv: "P-256", kid: "off-curve", x: good.x, y: good.x },
      { kty: "EC", crv: "P-256", kid: "without-point" },
      { kty: "oct", kid: "symmetric", alg: "HS256" },
      { ...good, kid: "encryption", use: "enc" },
      { ...good, kid: "other-algorithm", alg: "ES384" },
      createTestKey("not-allowed", "ES384").jwk,
      { kty: "???", kid: "unknown-type" },
      good,
    ];

    expect(await importedIds(jwks)).toEqual(["good"]);
  });

  it("ATK-18 JWK-02 takes the first of several keys with the same id and algorithm", async () => {
    const first = createTestKey("same", "ES256").jwk;
    const second = createTestKey("same", "ES256").jwk;
    const other = createTestKey("same", "Ed25519").jwk;

    const keys = await importKeys([first, second, other], context);
    const found = findKey(keys, { kid: "same", algorithm: "ES256" });
    const alone = await importKeys([first], context);

    expect(keys).toHaveLength(2);
    expect(found?.handle).toEqual(alone[0]?.key.handle);
    expect(findKey(keys, { kid: "same", algorithm: "Ed25519" })?.algorithm).toBe("Ed25519");
  });
});

describe("importKeys, of a set that has been imported before", () => {
  it("ATK-39 gives a key that is still there as the same object, without importing it again", async () => {
    const stays = createTestKey("stays", "ES256").jwk;
    const known = await importKeys([createTestKey("goes", "ES256").jwk, stays], context);
    const imports: unknown[] = [];
    const signatureEngineThatCounts = {
      importVerificationKey: (
        ...input: Parameters<typeof signatureEngine.importVerificationKey>
      ) => {
        imports.push(input[0].kid);
        return signatureEngine.importVerificationKey(...input);
      },
    };

    const keys = await importKeys(
      [{ ...stays, kid: "renamed" }, createTestKey("new", "ES256").jwk],
      {
        ...context,
        signatureEngine: signatureEngineThatCounts,
        known,
      },
    );

    expect(imports).toEqual(["new"]);
    expect(keys[0]?.kid).toBe("renamed");
    expect(keys[0]?.key).toBe(known[1]?.key);
  });

  it("ATK-17 ATK-39 takes no key for a known one that has other material, or another algorithm", async () => {
    const first = createTestKey("k", "ES256").jwk;
    const second = createTestKey("k", "ES256").jwk;
    const rsa = createTestKey("k", "RS256").jwk;
    const all = { algorithms: ["ES256", "RS256", "PS256"], signatureEngine } as const;
    const known = await importKeys([first, rsa], all);

    const keys = await importKeys([second, { ...first, x: second.x }, { ...rsa, alg: "PS256" }], {
      ...all,
      known,
    });

    expect(keys.map(({ key }) => key.algorithm)).toEqual(["ES256", "PS256"]);
    for (const { key } of keys) expect(known.map((entry) => entry.key)).not.toContain(key);
  });
});

describe("findKey", () => {
  const keys: KeySetKey[] = [
    { kid: "a", key: { algorithm: "ES256", handle: 1 } },
    { kid: "b", key: { algorithm: "ES256", handle: 2 } },
    { kid: undefined, key: { algorithm: "RS256", handle: 3 } },
  ];

  it("ATK-02 ATK-05 finds a key by id and algorithm together", () => {
    expect(findKey(keys, { kid: "b", algorithm: "ES256" })?.handle).toBe(2);
    expect(findKey(keys, { kid: "b", algorithm: "RS256" })).toBeUndefined();
  });

  it("takes the only key of the algorithm for a token without an id, and none of several", () => {
    expect(findKey(keys, { kid: undefined, algorithm: "RS256" })?.handle).toBe(3);
    expect(findKey(keys, { kid: undefined, algorithm: "ES256" })).toBeUndefined();
  });

  it.each([
    "",
    "../a",
    "' OR 1=1",
    "__proto__",
    "constructor",
    "а",
    "A",
    "a ",
    "a\0",
    "a".repeat(10_000),
  ])("ATK-13 finds nothing for the id %j", (kid) => {
    expect(findKey(keys, { kid, algorithm: "ES256" })).toBeUndefined();
  });
});
