import type { IntrospectionOptions } from "@credicorp/oauth-verifier";
import { createVerifier } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

const good: IntrospectionOptions = { clientId: "api", clientSecret: "secret" };

function create(introspection: unknown): unknown {
  return createVerifier({
    issuer: "https://as.example",
    audience: "https://api.example",
    introspection: introspection as IntrospectionOptions,
  });
}

describe("the options of introspection", () => {
  it.each([
    {},
    { endpoint: "https://as.example/introspect" },
    { endpoint: "http://127.0.0.1:1/introspect" },
    { scopes: ["payments:write"], maxAgeSeconds: 0, tokenFormat: "jwt" },
    { clientSecret: undefined, authenticate: () => ({}) },
    { clientSecret: () => "secret" },
    { maxAgeSeconds: 30, maxNegativeAgeSeconds: 30, timeoutMs: 60_000, maxCacheBytes: 2 ** 30 },
    { maxAgeSeconds: 0, maxNegativeAgeSeconds: 0, timeoutMs: 1, maxCacheBytes: 0 },
    { maxCacheBytes: null, signedResponses: true, tokenFormat: "any" },
  ])("may be %j", (change) => {
    expect(() => create({ ...good, ...change })).not.toThrow();
  });

  it.each([
    { option: "", introspection: null },
    { option: "", introspection: "on" },
    { option: "", introspection: { clientId: "api" } },
    { option: "", introspection: { ...good, authenticate: () => ({}) } },
    ...[
      { clientId: "" },
      { clientId: undefined },
      { clientSecret: "" },
      { clientSecret: 1 },
      { endpoint: "http://as.example/introspect" },
      { endpoint: "" },
      { scopes: [] },
      { scopes: ["a b"] },
      { scopes: "payments:write" },
      { tokenFormat: "opaque" },
      { tokenFormat: "any", scopes: ["a"] },
      { maxAgeSeconds: 30.1 },
      { maxAgeSeconds: -1 },
      { maxAgeSeconds: Number.NaN },
      { maxAgeSeconds: "30" },
      { maxAgeSeconds: 1, scopes: ["a"] },
      { maxNegativeAgeSeconds: 31 },
      { signedResponses: "true" },
      { timeoutMs: 0 },
      { timeoutMs: 60_001 },
      { maxCacheBytes: -1 },
      { maxCacheBytes: 2 ** 30 + 1 },
    ].map((change) => ({
      option: `.${Object.keys(change)[0]}`,
      introspection: { ...good, ...change },
    })),
    {
      option: ".authenticate",
      introspection: { clientId: "api", authenticate: "private_key_jwt" },
    },
  ])("may not be wrong: $option of $introspection", ({ option, introspection }) => {
    expect(() => create(introspection)).toThrow(
      expect.objectContaining({ code: "ERR_OAUTH_CONFIG", option: `introspection${option}` }),
    );
  });

  it("are those of each issuer, and ask for JWTs where there are several", () => {
    const issuerOf = (name: string, introspection?: IntrospectionOptions) => ({
      issuer: `https://${name}.example`,
      audience: "https://api.example",
      introspection,
    });
    const jwt: IntrospectionOptions = { ...good, tokenFormat: "jwt" };

    expect(() => createVerifier({ issuers: [issuerOf("a", good)] })).not.toThrow();
    expect(() => createVerifier({ issuers: [issuerOf("a"), issuerOf("b", jwt)] })).not.toThrow();
    expect(() => createVerifier({ issuers: [issuerOf("a", jwt), issuerOf("b", good)] })).toThrow(
      expect.objectContaining({ option: "issuers[1].introspection.tokenFormat" }),
    );
    expect(() =>
      createVerifier({ issuers: [issuerOf("a"), issuerOf("b", { ...jwt, clientId: "" })] }),
    ).toThrow(expect.objectContaining({ option: "issuers[1].introspection.clientId" }));
  });

  it("ATK-36 names none but the resource's scopes, where those are known, so that a misspelt one is no way around", () => {
    const createWith = (scopes: readonly string[]): unknown =>
      createVerifier({
        issuer: "https://as.example",
        audience: "https://api.example",
        scopes: ["payments:write", "decisions:read"],
        introspection: { ...good, scopes },
      });

    expect(() => createWith(["payments:write"])).not.toThrow();
    expect(() => createWith(["payments:write", "payment:write"])).toThrow(
      expect.objectContaining({ option: "introspection.scopes" }),
    );
  });
});
