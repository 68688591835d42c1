import type { AccessTokenClaims } from "@credicorp/oauth-core/jwt";
import { formatAccessTokenClaims, parseAccessTokenClaims } from "@credicorp/oauth-core/jwt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const wire = {
  iss: "https://as.example",
  sub: "partner-1",
  client_id: "partner-1",
  aud: "https://as.example/partner/v1",
  scope: "applications:write decisions:read",
  iat: 1_700_000_000,
  exp: 1_700_000_900,
  jti: "0f2c",
};

function codeOf(members: object): string | undefined {
  const result = parseAccessTokenClaims({ ...wire, ...members });
  return result.ok ? undefined : result.failure.code;
}

const text = fc.string({ unit: "grapheme", minLength: 1 });
const date = fc.double({ min: 0, max: 253_402_300_799, noNaN: true }).map((value) => value + 0);
const registered = new Set([
  "iss",
  "sub",
  "client_id",
  "aud",
  "scope",
  "iat",
  "exp",
  "nbf",
  "jti",
  "cnf",
]);
const members = fc.dictionary(
  fc
    .oneof(text, fc.constantFrom("__proto__", "constructor", "toString"))
    .filter((name) => !registered.has(name)),
  fc.jsonValue(),
);
const anyClaims: fc.Arbitrary<AccessTokenClaims> = fc.record(
  {
    issuer: text,
    subject: text,
    clientId: text,
    audience: fc.array(text, { minLength: 1, maxLength: 4 }),
    scope: fc.uniqueArray(fc.stringMatching(/^[\x21\x23-\x5b\x5d-\x7e]{1,12}$/), { maxLength: 4 }),
    issuedAt: date,
    expiresAt: date,
    notBefore: date,
    jti: text,
    confirmation: fc.record({ jkt: text }),
    extensions: members.filter((object) => Object.keys(object).length > 0),
  },
  {
    requiredKeys: [
      "issuer",
      "subject",
      "clientId",
      "audience",
      "scope",
      "issuedAt",
      "expiresAt",
      "jti",
    ],
  },
);

describe("access token claims", () => {
  it("AT-02 AT-05 reads back what it wrote, through JSON", () => {
    fc.assert(
      fc.property(anyClaims, (claims) => {
        const payload = JSON.parse(JSON.stringify(formatAccessTokenClaims(claims))) as object;
        const expected = JSON.parse(JSON.stringify(claims)) as unknown;

        expect(parseAccessTokenClaims({ ...payload })).toEqual({ ok: true, value: expected });
      }),
    );
  });

  it("AT-02 writes all seven required claims, and one audience as a string", () => {
    const payload = formatAccessTokenClaims({
      issuer: wire.iss,
      subject: wire.sub,
      clientId: wire.client_id,
      audience: [wire.aud],
      scope: ["applications:write", "decisions:read"],
      issuedAt: wire.iat,
      expiresAt: wire.exp,
      jti: wire.jti,
    });

    expect(payload).toEqual(wire);
  });

  it("does not let an extension replace a registered claim", () => {
    const claims = parseAccessTokenClaims(wire);
    if (!claims.ok) throw new Error("the fixture is refused");

    const payload = formatAccessTokenClaims({
      ...claims.value,
      extensions: { sub: "someone", env: "sandbox" },
    });

    expect(payload).toMatchObject({ sub: "partner-1", env: "sandbox" });
  });

  it("reads the payload of RFC 9068 section 3", () => {
    const payload = JSON.parse(`{
      "iss": "https://authorization-server.example.com/",
      "sub": "5ba552d67",
      "aud": "https://rs.example.com/",
      "exp": 1639528912,
      "iat": 1618354090,
      "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
      "client_id": "s6BhdRkqt3",
      "scope": "openid profile reademail"
    }`) as Record<string, unknown>;

    expect(parseAccessTokenClaims(payload)).toEqual({
      ok: true,
      value: {
        issuer: "https://authorization-server.example.com/",
        subject: "5ba552d67",
        clientId: "s6BhdRkqt3",
        audience: ["https://rs.example.com/"],
        scope: ["openid", "profile", "reademail"],
        issuedAt: 1_618_354_090,
        expiresAt: 1_639_528_912,
        jti: "dbe39bf3a3ba4238a513f51d6e1691c4",
      },
    });
  });

  it.each(["iss", "sub", "client_id", "aud", "iat", "exp", "jti"])(
    "AT-02 refuses a token without %s",
    (name) => {
      const others = Object.fromEntries(Object.entries(wire).filter(([key]) => key !== name));
      const inherited = Object.create({ [name]: wire[name as "iss"] }) as Record<string, unknown>;
      Object.assign(inherited, others);

      expect(parseAccessTokenClaims(others)).toMatchObject({
        ok: false,
        failure: { code: "claim_missing" },
      });
      expect(parseAccessTokenClaims(inherited)).toMatchObject({
        ok: false,
        failure: { code: "claim_missing" },
      });
    },
  );

  const notDates: readonly unknown[] = [
    "1700000900",
    "",
    null,
    true,
    [],
    [1_700_000_900],
    {},
    Number.NaN,
    Infinity,
    -Infinity,
    -1,
    253_402_300_800,
    2 ** 53,
    1_700_000_900_000,
  ];
  it.each(["exp", "iat", "nbf"].flatMap((name) => notDates.map((value) => [name, value] as const)))(
    "ATK-31 refuses %s = %j",
    (name, value) => {
      expect(codeOf({ [name]: value })).toBe("claim_invalid");
    },
  );

  it.each([0, 0.5, 1_700_000_900.25, 253_402_300_799])(
    "AT-08 ATK-31 reads the date %d as it is",
    (value) => {
      expect(parseAccessTokenClaims({ ...wire, exp: value })).toMatchObject({
        value: { expiresAt: value },
      });
    },
  );

  it.each([
    ["ATK-32 an iss that is an array", { iss: ["https://as.example"] }],
    ["an empty iss", { iss: "" }],
    ["a sub that is a number", { sub: 7 }],
    ["an empty client_id", { client_id: "" }],
    ["a jti that is null", { jti: null }],
    ["ATK-33 an empty aud", { aud: "" }],
    ["ATK-33 an aud that is an empty array", { aud: [] }],
    ["ATK-33 an aud that is a nested array", { aud: [["https://as.example/partner/v1"]] }],
    ["ATK-33 an aud with an empty member", { aud: ["https://as.example/partner/v1", ""] }],
    ["ATK-33 an aud that is an object", { aud: { "https://as.example/partner/v1": true } }],
    ["ATK-33 an aud that is null", { aud: null }],
    ["ATK-35 a scope that is an array", { scope: ["decisions:read"] }],
    ["ATK-35 two spaces in scope", { scope: "a  b" }],
    ["ATK-35 a tab in scope", { scope: "a\tb" }],
    ["ATK-35 a space before the scope", { scope: " a" }],
    ["ATK-35 a scope that is null", { scope: null }],
    ["a cnf that is a string", { cnf: "jkt" }],
    ["a cnf that is null", { cnf: null }],
    ["a cnf that is an array", { cnf: [] }],
  ])("refuses %s", (_name, change) => {
    expect(codeOf(change)).toBe("claim_invalid");
  });

  it("ATK-35 takes scp for an extension, and names of the prototype for plain scope", () => {
    const result = parseAccessTokenClaims({
      ...wire,
      scope: "__proto__ constructor",
      scp: ["admin"],
    });

    expect(result).toMatchObject({
      value: { scope: ["__proto__", "constructor"], extensions: { scp: ["admin"] } },
    });
  });
});
