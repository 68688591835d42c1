import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import type { Bytes, Digest } from "@credicorp/oauth-core";
import type { CacheKeyFields } from "@credicorp/oauth-core/token-cache";
import { buildCacheKey } from "@credicorp/oauth-core/token-cache";
import fc from "fast-check";
import { expect, it } from "vitest";

const digest: Digest = {
  sha256: (data) => createHash("sha256").update(data).digest(),
  isEqual: (left, right) => timingSafeEqual(left, right),
};
const bytes: Bytes = {
  encodeBase64url: (data) => Buffer.from(data).toString("base64url"),
  decodeBase64url: (text) => Uint8Array.from(Buffer.from(text, "base64url")),
  encodeUtf8: (text) => Uint8Array.from(Buffer.from(text)),
  decodeUtf8: (data) => Buffer.from(data).toString(),
};
const fields: CacheKeyFields = {
  issuer: "https://hub.example",
  clientId: "partner",
  authenticationMethod: "client_secret_basic",
  credentialVersion: "2024-01",
  scope: ["decisions:read"],
  resources: ["https://api.example/"],
  extraParameters: [["audience", "x"]],
  proofKeyThumbprint: "thumb",
};
const keyOf = (changes: Partial<CacheKeyFields> = {}): unknown =>
  buildCacheKey({ ...fields, ...changes }, { digest, bytes });

it("CLI-16 is a SHA-256 in base64url", () => {
  expect(keyOf()).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

it.each<[string, Partial<CacheKeyFields>]>([
  ["issuer", { issuer: "https://other.example" }],
  ["client", { clientId: "partner2" }],
  ["authentication method", { authenticationMethod: "client_secret_post" }],
  ["credential version", { credentialVersion: "2024-02" }],
  ["scope", { scope: ["decisions:read", "applications:write"] }],
  ["resources", { resources: [] }],
  ["extra parameters", { extraParameters: [["audience", "y"]] }],
  ["proof key", { proofKeyThumbprint: "" }],
])("CLI-16 depends on the %s", (_name, changes) => {
  expect(keyOf(changes)).not.toBe(keyOf());
});

it("CLI-16 does not depend on the order or repetition of scope and resources", () => {
  expect(keyOf({ scope: ["b", "a", "b"], resources: ["y", "x"] })).toBe(
    keyOf({ scope: ["a", "b"], resources: ["x", "y", "x"] }),
  );
});

it("CLI-16 is different for fields that only look alike when they are joined", () => {
  const text = fc.string({ unit: fc.constantFrom("a", ":", "1", "[", "]", "2") });
  const list = fc.array(text, { maxLength: 3 });
  const some = fc.record({ issuer: text, clientId: text, scope: list, resources: list });
  fc.assert(
    fc.property(some, some, (left, right) => {
      const canonical = ({ issuer, clientId, scope, resources }: typeof left): string =>
        JSON.stringify([
          issuer,
          clientId,
          [...new Set(scope)].toSorted(),
          [...new Set(resources)].toSorted(),
        ]);

      expect(keyOf(left) === keyOf(right)).toBe(canonical(left) === canonical(right));
    }),
  );
});

it("CLI-16 has no field that could hold a secret", async () => {
  const hashed: string[] = [];
  const recording = {
    ...bytes,
    encodeUtf8: (text: string) => (hashed.push(text), bytes.encodeUtf8(text)),
  };
  const withSecret = { ...fields, clientSecret: "planted-secret" };

  await buildCacheKey(withSecret, { digest, bytes: recording });

  expect(hashed).toHaveLength(1);
  expect(hashed[0]).not.toContain("planted-secret");
});

it("answers later where the digest does", async () => {
  const later: Digest = { ...digest, sha256: async (data) => digest.sha256(data) };

  expect(await buildCacheKey(fields, { digest: later, bytes })).toBe(keyOf());
});
