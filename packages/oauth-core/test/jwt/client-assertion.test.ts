import type { ClientAssertionClaims } from "@credicorp/oauth-core/jwt";
import {
  encodeClientAssertionHeader,
  formatClientAssertionClaims,
  parseClientAssertion,
  signCompactJws,
} from "@credicorp/oauth-core/jwt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytes, createTestKey, signatureEngine } from "../support/node-ports.ts";

const key = createTestKey("key-1", "ES256");
const claims = {
  iss: "partner",
  sub: "partner",
  aud: "https://hub.example.com",
  exp: 1_700_000_060,
  jti: "1",
};

function codeOf(payload: object, header: object = {}): string | undefined {
  const result = parseClientAssertion(key.sign(payload, { typ: "JWT", ...header }), bytes);
  return result.ok ? undefined : result.failure.code;
}

const text = fc.string({ unit: "grapheme", minLength: 1 });
const date = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const anyClaims: fc.Arbitrary<ClientAssertionClaims> = fc.record(
  {
    issuer: text,
    subject: text,
    audience: text,
    expiresAt: date,
    issuedAt: date,
    notBefore: date,
    jti: text,
  },
  { requiredKeys: ["issuer", "subject", "audience", "expiresAt", "jti"] },
);

describe("client assertion", () => {
  it("is read as it was written and signed", async () => {
    const { privateJwk } = await generate();
    const imported = await signatureEngine.importSigningKey(privateJwk, "Ed25519");
    if (!imported.ok) throw new Error(imported.failure);

    await fc.assert(
      fc.asyncProperty(anyClaims, fc.option(text, { nil: undefined }), async (written, kid) => {
        const assertion = await signCompactJws(
          {
            encodedHeader: encodeClientAssertionHeader({ algorithm: "Ed25519", kid }, bytes),
            claims: formatClientAssertionClaims(written),
            key: imported.value,
          },
          { bytes, signatureEngine },
        );

        expect(parseClientAssertion(assertion, bytes)).toMatchObject({
          ok: true,
          value: { algorithm: "Ed25519", kid, claims: written },
        });
      }),
    );
  });

  it.each([undefined, "JWT", "jwt", "application/jwt", "client-authentication+jwt"])(
    "may be of the type %s",
    (typ) => {
      expect(codeOf(claims, { typ })).toBeUndefined();
    },
  );

  it.each(["at+jwt", "dpop+jwt", "logout+jwt", "jwt;x=1", ""])(
    "ATK-30 is not a JWT of the type %j",
    (typ) => {
      expect(codeOf(claims, { typ })).toBe("assertion_type");
    },
  );

  it.each(["none", "None", "HS256", "HS512", "RS256", "RS512", "PS384", "ES384", "es256", ""])(
    "JWT-06 ATK-01 ATK-02 is not signed with %j",
    (alg) => {
      expect(codeOf(claims, { alg })).toBe("assertion_algorithm");
    },
  );

  it("JWT-06 may name Ed25519 by its older name", () => {
    const assertion = createTestKey("key-2").sign(claims, { typ: "JWT", alg: "EdDSA" });

    expect(parseClientAssertion(assertion, bytes)).toMatchObject({
      ok: true,
      value: { algorithm: "Ed25519", kid: "key-2" },
    });
  });

  it.each(["iss", "sub", "aud", "exp", "jti"])("JWT-02 JWT-04 needs the claim %s", (name) => {
    expect(codeOf({ ...claims, [name]: undefined })).toBe("assertion_claims");
    expect(codeOf({ ...claims, [name]: null })).toBe("assertion_claims");
    expect(codeOf({ ...claims, [name]: "" })).toBe("assertion_claims");
    expect(codeOf({ ...claims, [name]: [claims.aud] })).toBe("assertion_claims");
    expect(codeOf({ ...claims, [name]: {} })).toBe("assertion_claims");
  });

  it.each(["exp", "iat", "nbf"])("ATK-31 takes no text and no null for the date %s", (name) => {
    expect(codeOf({ ...claims, [name]: "1700000060" })).toBe("assertion_claims");
    expect(codeOf({ ...claims, [name]: null })).toBe("assertion_claims");
    expect(codeOf({ ...claims, [name]: true })).toBe("assertion_claims");
  });

  it.each([
    "",
    "a.b.c",
    "..",
    key.sign(claims).replace(".", ". "),
    `${key.sign(claims)}.`,
    key.signText('{"alg":"ES256"}', '{"iss":"a","iss":"b"}'),
    key.signText('{"alg":"ES256","crit":["exp"]}', JSON.stringify(claims)),
    key.signText('{"alg":"ES256"}', JSON.stringify({ ...claims, pad: "x".repeat(16_384) })),
  ])("ATK-20 ATK-22 ATK-28 is one strict compact JWS (%#)", (assertion) => {
    expect(parseClientAssertion(assertion, bytes)).toMatchObject({
      ok: false,
      failure: { code: "assertion_malformed" },
    });
  });
});

async function generate() {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign"]);
  if (!("privateKey" in pair)) throw new Error("no key pair");
  const { kty, crv, x, d } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { privateJwk: { kty: String(kty), crv, x, d: String(d) } };
}
