import { inspect } from "node:util";

import type { VerifierOptions } from "@credicorp/oauth-verifier";
import { createVerifier, isOAuthError } from "@credicorp/oauth-verifier";
import { describe, expect, it } from "vitest";

import { setUp } from "./support/set-up.ts";

const good: VerifierOptions = { issuer: "https://as.example", audience: "https://api.example" };

function catchError(change: object): unknown {
  try {
    createVerifier({ ...good, ...change });
    return undefined;
  } catch (error) {
    return error;
  }
}

function optionRefused(change: object): string | undefined {
  const error = catchError(change);
  if (error === undefined) return undefined;
  return isOAuthError(error) && error.kind === "config" ? error.option : inspect(error);
}

describe("verifier options", () => {
  it.each([
    ["the least", {}],
    ["no cache", { maxCacheBytes: null }],
    ["several audiences", { audience: ["https://api.example", "urn:api"] }],
    ["any audience, by name", { audience: null }],
    ["an issuer with a path", { issuer: "https://as.example/tenant" }],
    ["an issuer on this machine", { issuer: "http://127.0.0.1:8080" }],
    [
      "everything",
      {
        jwksUri: "https://as.example/jwks",
        algorithms: ["ES512"],
        clockToleranceSeconds: 0,
        acceptPaddedTokens: true,
        timeoutMs: 100,
        maxStaleSeconds: 0,
        maxCacheBytes: 0,
        realm: "API",
        scopes: ["a", "b:c"],
        resource: {
          identifier: "https://api.example",
          name: "API",
          documentation: "http://docs.example/#api",
        },
      },
    ],
    ["a resource that has no scopes", { scopes: [] }],
    [
      "a resource of any audience",
      { audience: null, resource: { identifier: "https://x.example/a" } },
    ],
    [
      "options that are undefined and have defaults",
      { jwksUri: undefined, algorithms: undefined, realm: undefined, ports: undefined },
    ],
  ])("takes %s", (_name, change) => {
    expect(optionRefused(change)).toBeUndefined();
  });

  it.each([
    undefined,
    null,
    "",
    "as.example",
    "http://as.example",
    "https://as.example?x=1",
    "https://as.example#x",
    "https://u:p@as.example",
    "ftp://as.example",
    ["https://as.example"],
    /https/,
    false,
    0,
    {},
  ])("ATK-36 ATK-34 ATK-32 refuses the issuer %o when it is made", (issuer) => {
    expect(optionRefused({ issuer })).toBe("issuer");
  });

  it.each([undefined, "", [], [""], [undefined], ["a", null], /api/, [/api/], false, 0, {}])(
    "ATK-36 ATK-34 refuses the audience %o when it is made",
    (audience) => {
      expect(optionRefused({ audience })).toBe("audience");
    },
  );

  it.each([
    ["algorithms", []],
    ["algorithms", ["none"]],
    ["algorithms", ["HS256"]],
    ["algorithms", ["RS256", ""]],
    ["algorithms", "RS256"],
    ["algorithms", null],
    ["jwksUri", "http://as.example/jwks"],
    ["jwksUri", ""],
    ["jwksUri", null],
    ["clockToleranceSeconds", -1],
    ["clockToleranceSeconds", 301],
    ["clockToleranceSeconds", Number.NaN],
    ["clockToleranceSeconds", Infinity],
    ["clockToleranceSeconds", "5"],
    ["timeoutMs", 0],
    ["timeoutMs", 60_001],
    ["maxStaleSeconds", 86_401],
    ["maxCacheBytes", -1],
    ["maxCacheBytes", "16 MiB"],
    ["maxCacheBytes", 2 ** 30 + 1],
    ["acceptPaddedTokens", "no"],
    ["acceptPaddedTokens", 1],
    ["acceptPaddedTokens", null],
    ["realm", ""],
    ["realm", 7],
    ["scopes", null],
    ["scopes", "a b"],
    ["scopes", ["a b"]],
    ["scopes", ["a", ""]],
    ["scopes", ["a", "a"]],
    ["scopes", ['"']],
    ["scopes", [1]],
    ["resource", null],
    ["resource", "https://api.example"],
    ["claims", null],
    ["claims", {}],
    ["claims", { "~standard": { version: 2, vendor: "x", validate: () => ({}) } }],
    ["claims", { "~standard": { version: 1, vendor: "x" } }],
    ["claims", (value: unknown) => value],
  ])("ATK-36 refuses %s = %o", (option, value) => {
    expect(optionRefused({ [option]: value })).toBe(option);
  });

  it.each([
    ["identifier", undefined],
    ["identifier", "api.example"],
    ["identifier", "http://api.example"],
    ["identifier", "https://api.example?x=1"],
    ["identifier", "https://api.example#x"],
    ["identifier", "https://other.example"],
    ["identifier", "https://api.example/"],
    ["name", ""],
    ["name", 7],
    ["documentation", ""],
    ["documentation", "javascript:alert(1)"],
    ["documentation", "https://"],
    ["documentation", 7],
    ["clientCertificates", "yes"],
  ])("RMD-02 refuses resource.%s = %o", (member, value) => {
    const resource = { identifier: "https://api.example", [member]: value };

    expect(optionRefused({ resource })).toBe(`resource.${member}`);
  });

  it.each([
    ["requireBoundToken", true],
    ["revocation", {}],
    ["introspect", {}],
    ["aud", "https://api.example"],
  ])("ATK-36 refuses %s, which looks as if something were checked", (name, value) => {
    expect(optionRefused({ [name]: value })).toBe(name);
    expect(optionRefused({ [name]: undefined })).toBeUndefined();
  });

  it.each([
    ["requireBoundTokens", true],
    ["dpop", { origin: "https://api.example" }],
    ["claims", {}],
    ["revocation", {}],
  ])("ATK-36 refuses %s of one of several issuers, as it is none of its options", (name, value) => {
    const create = (): unknown => createVerifier({ issuers: [{ ...good, [name]: value }] });

    expect(create).toThrow(expect.objectContaining({ option: `issuers[0].${name}` }));
  });

  it("ATK-36 goes by the audience that it was given, whatever becomes of that list", async () => {
    const audience = ["https://api.example"];
    const { verify } = await setUp({ audience });
    audience.push("https://other.example");

    expect(await verify({ aud: "https://other.example" })).toBe("rejected: audience");
  });

  it("repeats no value in the error", () => {
    const error = catchError({ issuer: "https://user:planted@as.example" });

    expect(error).toMatchObject({ kind: "config", option: "issuer", code: "ERR_OAUTH_CONFIG" });
    expect(inspect(error) + JSON.stringify(error) + String(error)).not.toContain("planted");
  });
});
