import type { IntrospectionJwtClaims } from "@credicorp/oauth-core/jwt";
import {
  concludeIntrospectionJwt,
  formatIntrospectionJwtClaims,
  introspectionJwtMediaType,
  introspectionJwtType,
  parseIntrospectionJwt,
  prepareVerification,
} from "@credicorp/oauth-core/jwt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytes, createTestKey } from "../support/node-ports.ts";

const now = 1_514_797_900;
const key = createTestKey("wG6D");
const policy = {
  issuer: "https://as.example.com/",
  audience: "https://rs.example.com/resource",
  clockToleranceSeconds: 5,
  maxAgeSeconds: 60,
};

/** The example of RFC 9701 section 5, which RS256 signs there. */
const example = {
  iss: "https://as.example.com/",
  aud: "https://rs.example.com/resource",
  iat: 1_514_797_892,
  token_introspection: {
    active: true,
    iss: "https://as.example.com/",
    aud: "https://rs.example.com/resource",
    iat: 1_514_797_822,
    exp: 1_514_797_942,
    client_id: "paiB2goo0a",
    scope: "read write dolphin",
    sub: "Z5O3upPC88QrAjx00dis",
    birthdate: "1982-02-01",
    given_name: "John",
    family_name: "Doe",
    jti: "t1FoCCaZd4Xv4ORJUWVUeTZfsKhW30CQCrWDDjwXy6w",
  },
};

function sign(change: object = {}, header: object = {}): string {
  return key.sign({ ...example, ...change }, { typ: introspectionJwtType, ...header });
}

function parse(jwt: string): IntrospectionJwtClaims | string {
  const result = parseIntrospectionJwt(jwt, bytes);
  return result.ok ? result.value.unverifiedClaims : result.failure.code;
}

function conclude(change: object, context: { isGood?: boolean; now?: number } = {}): unknown {
  const received = parseIntrospectionJwt(sign(change), bytes);
  if (!received.ok) return received.failure.code;
  const result = concludeIntrospectionJwt(received.value, {
    isGood: true,
    policy,
    now,
    ...context,
  });
  return result.ok ? result.value.active : result.failure.code;
}

describe("INT-13 signed introspection answer", () => {
  it("reads the example of RFC 9701 section 5", () => {
    expect(parse(sign())).toEqual({
      issuer: "https://as.example.com/",
      audience: ["https://rs.example.com/resource"],
      issuedAt: 1_514_797_892,
      response: expect.objectContaining({
        active: true,
        clientId: "paiB2goo0a",
        scope: ["read", "write", "dolphin"],
        expiresAt: 1_514_797_942,
      }),
    });
    expect(conclude({})).toBe(true);
    expect(introspectionJwtMediaType).toBe(`application/${introspectionJwtType}`);
  });

  it("reads back whatever it wrote", () => {
    const text = fc.string({ minLength: 1 });
    const claims = fc.record({
      issuer: text,
      audience: fc.array(text, { minLength: 1, maxLength: 3 }),
      issuedAt: fc.integer({ min: 0 }),
      response: fc.oneof(
        fc.constant({ active: false } as const),
        fc.record({ active: fc.constant(true as const), scope: fc.constant(["a"]), jti: text }),
      ),
    });
    fc.assert(
      fc.property(claims, (written) => {
        const jwt = key.sign(formatIntrospectionJwtClaims(written), { typ: introspectionJwtType });

        expect(parse(jwt)).toEqual(written);
      }),
    );
  });

  it("names neither subject nor expiry at its top level, where an access token has them", () => {
    const written = formatIntrospectionJwtClaims({
      issuer: "i",
      audience: ["a"],
      issuedAt: 1,
      response: { active: true, subject: "s", expiresAt: 2, clientId: "c", jti: "j" },
    });

    expect(Object.keys(written)).toEqual(["iss", "aud", "iat", "token_introspection"]);
  });

  it.each([
    "at+jwt",
    "JWT",
    "jwt",
    "dpop+jwt",
    "token-introspection",
    "token-introspection+jwt;x=1",
    undefined,
  ])("is not of the type %s", (typ) => {
    expect(parse(sign({}, { typ }))).toBe("introspection_jwt_type");
  });

  it.each(["application/token-introspection+jwt", "Token-Introspection+JWT"])(
    "may write its type as %s",
    (typ) => {
      expect(typeof parse(sign({}, { typ }))).toBe("object");
    },
  );

  it.each(["none", "HS256", "__proto__"])("is not signed with %s", (alg) => {
    expect(parse(sign({}, { alg }))).toBe("introspection_jwt_algorithm");
  });

  it.each<[string, object]>([
    ["no iss", { iss: undefined }],
    ["an empty iss", { iss: "" }],
    ["a list as iss", { iss: ["https://as.example.com/"] }],
    ["no aud", { aud: undefined }],
    ["a number as aud", { aud: 7 }],
    ["a number in aud", { aud: [7] }],
    ["no iat", { iat: undefined }],
    ["a text as iat", { iat: "1514797892" }],
    ["no token_introspection", { token_introspection: undefined }],
    ["a text as token_introspection", { token_introspection: '{"active":true}' }],
    ["a list as token_introspection", { token_introspection: [{ active: true }] }],
    ["ATK-52 a text as active", { token_introspection: { active: "true" } }],
    ["ATK-52 no active", { token_introspection: {} }],
    ["ATK-52 active at the top level", { active: true, token_introspection: { sub: "x" } }],
  ])("is refused with %s", (_name, change) => {
    expect(parse(sign(change))).toBe("introspection_jwt_claims");
  });

  it.each(["", "a.b", "a.b.c", '{"active":true}'])("is no JWS as %j", (jwt) => {
    expect(parse(jwt)).toBe("introspection_jwt_malformed");
  });

  it.each<{ name: string; change?: object; context?: object; verdict: unknown }>([
    { name: "of good time", context: { now: now + 57 }, verdict: true },
    { name: "too old", context: { now: example.iat + 65.1 }, verdict: "introspection_jwt_time" },
    { name: "just young enough", context: { now: example.iat + 65 }, verdict: true },
    { name: "ahead within the tolerance", context: { now: example.iat - 5 }, verdict: true },
    {
      name: "of the future",
      context: { now: example.iat - 5.1 },
      verdict: "introspection_jwt_time",
    },
    {
      name: "read without a clock",
      context: { now: Number.NaN },
      verdict: "introspection_jwt_time",
    },
    {
      name: "with a bad signature",
      context: { isGood: false },
      verdict: "introspection_jwt_signature",
    },
    {
      name: "of another issuer",
      change: { iss: "https://as.example.com" },
      verdict: "introspection_jwt_issuer",
    },
    {
      name: "for another caller",
      change: { aud: "https://rs.example.com" },
      verdict: "introspection_jwt_audience",
    },
    { name: "for nobody", change: { aud: [] }, verdict: "introspection_jwt_audience" },
    { name: "for several callers", change: { aud: ["x", policy.audience] }, verdict: true },
    {
      name: "inactive",
      change: { token_introspection: { active: false } },
      verdict: false,
    },
  ])("is judged when $name", ({ change = {}, context = {}, verdict }) => {
    expect(conclude(change, context)).toBe(verdict);
  });

  it("ATK-52 is no access token, whatever it claims", () => {
    const access = {
      sub: "c",
      client_id: "c",
      exp: now + 900,
      jti: "j",
      scope: "decisions:read",
    };
    const prepared = prepareVerification(sign(access), {
      policy: {
        issuer: policy.issuer,
        audience: [policy.audience],
        algorithms: ["Ed25519"],
        tokenTypes: ["at+jwt"],
        clockToleranceSeconds: 0,
      },
      bytes,
    });

    expect(prepared).toMatchObject({ ok: false, failure: { code: "type" } });
  });
});
