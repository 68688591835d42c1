import type { AccessTokenPolicy } from "@credicorp/oauth-core/jwt";
import {
  checkLifetime,
  concludeVerification,
  prepareVerification,
  verificationFailure,
} from "@credicorp/oauth-core/jwt";
import { describe, expect, it } from "vitest";

import { bytes, createTestKey } from "../support/node-ports.ts";

const now = 1_700_000_000;
const policy: AccessTokenPolicy = {
  issuer: "https://as.example",
  audience: ["https://as.example/partner/v1", "https://second.example"],
  algorithms: ["ES256", "Ed25519"],
  tokenTypes: ["at+jwt"],
  clockToleranceSeconds: 5,
};
const claims = {
  iss: "https://as.example",
  sub: "partner-1",
  client_id: "partner-1",
  aud: "https://as.example/partner/v1",
  iat: now - 60,
  exp: now + 840,
  jti: "1",
};
const key = createTestKey("k1");

function prepareCode(header: object): string {
  const result = prepareVerification(key.sign(claims, header), { policy, bytes });
  return result.ok ? "ok" : result.failure.code;
}

function concludeCode(
  change: object,
  options: { isGood?: boolean; policy?: object; now?: number } = {},
): string {
  const prepared = prepareVerification(key.sign({ ...claims, ...change }), { policy, bytes });
  if (!prepared.ok) throw new Error(prepared.failure.code);
  const result = concludeVerification(prepared.value, {
    isGood: options.isGood ?? true,
    policy: { ...policy, ...options.policy },
    now: options.now ?? now,
  });
  return result.ok ? "ok" : result.failure.code;
}

function bounded(maxLength: number): AccessTokenPolicy {
  return { ...policy, limits: { maxLength } };
}

describe("prepareVerification", () => {
  it("names the key and the algorithm to check with", () => {
    expect(prepareVerification(key.sign(claims), { policy, bytes })).toMatchObject({
      ok: true,
      value: { kid: "k1", algorithm: "Ed25519", unverifiedPayload: claims },
    });
  });

  it.each([["at+jwt"], ["AT+JWT"], ["application/at+jwt"], ["Application/At+Jwt"]])(
    "ATK-30 AT-01 takes typ %s",
    (typ) => {
      expect(prepareCode({ typ })).toBe("ok");
    },
  );

  it.each([
    [undefined],
    [""],
    ["JWT"],
    ["dpop+jwt"],
    ["logout+jwt"],
    ["token-introspection+jwt"],
    ["at+jwt;x=1"],
    ["application/application/at+jwt"],
    ["application/"],
    ["text/at+jwt"],
    [" at+jwt"],
  ])("ATK-30 ATK-52 AT-01 refuses typ %s", (typ) => {
    expect(prepareCode({ typ })).toBe("type");
  });

  it.each([
    "none",
    "NONE",
    "nOnE",
    "",
    "HS256",
    "RS256",
    "ES384",
    "ES256K",
    "es256",
    "__proto__",
    "constructor",
  ])("ATK-01 ATK-02 AT-04 refuses alg %s", (alg) => {
    expect(prepareCode({ alg })).toBe("algorithm");
  });

  it("takes EdDSA for the older name of Ed25519", () => {
    expect(prepareCode({ alg: "EdDSA" })).toBe("ok");
  });

  it("calls every parsing failure malformed", () => {
    expect(prepareVerification("a.b.c", { policy, bytes })).toEqual(
      verificationFailure("malformed"),
    );
    expect(prepareCode({ crit: ["exp"] })).toBe("malformed");
  });

  it("bounds the token as the policy says", () => {
    const token = key.sign(claims);

    expect(prepareVerification(token, { policy: bounded(token.length), bytes }).ok).toBe(true);
    expect(prepareVerification(token, { policy: bounded(token.length - 1), bytes }).ok).toBe(false);
  });
});

describe("concludeVerification", () => {
  it("gives the claims of a good token", () => {
    const prepared = prepareVerification(key.sign({ ...claims, scope: "a b" }), { policy, bytes });
    if (!prepared.ok) throw new Error(prepared.failure.code);

    expect(concludeVerification(prepared.value, { isGood: true, policy, now })).toMatchObject({
      ok: true,
      value: { clientId: "partner-1", scope: ["a", "b"], expiresAt: now + 840 },
    });
  });

  it("says nothing about the claims when the signature is not good", () => {
    expect(concludeCode({}, { isGood: false })).toBe("signature");
    expect(concludeCode({ exp: 0, iss: "other" }, { isGood: false })).toBe("signature");
  });

  it.each([
    ["another issuer", "https://other.example"],
    ["a prefix", "https://as.exampl"],
    ["a longer name", "https://as.example.evil.example"],
    ["a trailing slash", "https://as.example/"],
    ["another case", "https://AS.example"],
    ["percent-encoding", "https://as%2Eexample"],
    ["user information", "https://as.example@evil.example"],
    ["a space", "https://as.example "],
  ])("ATK-32 RS-06 refuses an issuer with %s", (_name, iss) => {
    expect(concludeCode({ iss })).toBe("issuer");
  });

  it.each([
    ["another one", "https://other.example"],
    ["a list of others", ["https://other.example", "https://as.example"]],
    ["a longer name", "https://as.example/partner/v1/"],
    ["a prefix", "https://as.example/partner"],
    ["another case", "https://as.example/partner/V1"],
  ])("ATK-33 RS-06 refuses an audience that is %s", (_name, aud) => {
    expect(concludeCode({ aud })).toBe("audience");
  });

  it("takes an audience that names this server among others, and any only where the policy says null", () => {
    expect(concludeCode({ aud: ["https://other.example", "https://second.example"] })).toBe("ok");
    expect(concludeCode({ aud: "https://other.example" }, { policy: { audience: null } })).toBe(
      "ok",
    );
    expect(concludeCode({}, { policy: { audience: [] } })).toBe("audience");
  });

  it("RS-06 accepts until the tolerance after exp is over", () => {
    expect(concludeCode({ exp: now - 4.999 })).toBe("ok");
    expect(concludeCode({ exp: now - 5 })).toBe("expired");
    expect(concludeCode({}, { now: Number.NaN })).toBe("expired");
  });

  it("accepts from the tolerance before nbf", () => {
    expect(concludeCode({ nbf: now + 5 })).toBe("ok");
    expect(concludeCode({ nbf: now + 5.001 })).toBe("not_yet_valid");
  });

  it("refuses malformed claims under a good signature", () => {
    expect(concludeCode({ exp: "never" })).toBe("claims");
    expect(concludeCode({ jti: undefined })).toBe("claims");
  });
});

describe("checkLifetime", () => {
  it("ATK-39 sees an accepted token expire", () => {
    const seen = { expiresAt: now + 10, notBefore: undefined };

    expect(checkLifetime(seen, policy, now + 14.9)).toBeUndefined();
    expect(checkLifetime(seen, policy, now + 15)).toBe("expired");
  });
});
