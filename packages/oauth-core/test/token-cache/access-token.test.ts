import { Buffer } from "node:buffer";
import type { TokenResponse } from "@credicorp/oauth-core/protocol";
import { parseTokenResponse } from "@credicorp/oauth-core/protocol";
import type { AccessToken } from "@credicorp/oauth-core/token-cache";
import { ageMs, buildAccessToken, missingScope } from "@credicorp/oauth-core/token-cache";
import { expect, it } from "vitest";

const requestedAt = { monotonicMs: 5000, epochSeconds: 1_700_000_000 };

function build(response: Partial<TokenResponse> = {}): AccessToken {
  const defaults = {
    accessToken: "opaque",
    tokenType: "Bearer",
    expiresInSeconds: 900,
    scope: undefined,
  } as const;
  return buildAccessToken(
    { ...defaults, ...response },
    { requestedAt, requestedScope: ["a", "b"] },
  );
}

function jwt(claims: unknown): string {
  return `${encode({ alg: "ES256" })}.${encode(claims)}.c2lnbmF0dXJl`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

it("CLI-02 takes the life of a JWT from exp when expires_in is missing", () => {
  const accessToken = jwt({ iat: 1_700_000_000, exp: 1_700_000_600, name: "Zoë" });

  const token = build({ accessToken, expiresInSeconds: undefined });

  expect(token).toMatchObject({ lifetimeMs: 600_000, lifetimeSource: "jwt_exp" });
});

it("CLI-02 does not let a clock that is behind lengthen the life of a JWT", () => {
  const accessToken = jwt({ iat: 1_700_000_300, exp: 1_700_000_600 });

  expect(build({ accessToken, expiresInSeconds: undefined }).lifetimeMs).toBe(300_000);
});

it.each([
  ["opaque", "opaque"],
  ["a JWT without exp", jwt({ sub: "x" })],
  ["a JWT whose exp is text", jwt({ exp: "1700000600" })],
  ["a JWT whose exp has passed", jwt({ exp: 1_600_000_000 })],
  ["a JWT whose payload is no object", jwt([1])],
  ["three segments of something else", "!!!.???.***"],
])("CLI-02 assumes five minutes for a token that is %s", (_name, accessToken) => {
  const token = build({ accessToken, expiresInSeconds: undefined });

  expect(token).toMatchObject({ lifetimeMs: 300_000, lifetimeSource: "assumed" });
});

it.each([
  ["900", 900_000],
  [900, 900_000],
  [1.9, 1000],
  [1e12, 86_400_000],
])("CLI-03 reads an expires_in of %j as a life of %d ms", (expiresIn, lifetimeMs) => {
  const body = JSON.stringify({ access_token: "t", token_type: "bearer", expires_in: expiresIn });
  const response = parseTokenResponse(body);
  if (!response.ok) throw new Error(response.failure.code);

  expect(build(response.value).lifetimeMs).toBe(lifetimeMs);
});

it.each([0, -1, "-1", "", "soon", true, 0.5, {}])(
  "CLI-03 refuses an expires_in of %j",
  (expiresIn) => {
    const body = JSON.stringify({ access_token: "t", token_type: "bearer", expires_in: expiresIn });

    expect(parseTokenResponse(body)).toMatchObject({
      ok: false,
      failure: { code: "expires_in_invalid" },
    });
  },
);

it("CLI-04 counts the life from when the request was sent", () => {
  const token = build({ expiresInSeconds: 900 });

  expect(token.expiresAt).toBe(1_700_000_900);
  expect(ageMs(token, { monotonicMs: 9000, epochSeconds: 1_700_000_004 })).toBe(4000);
});

it("CLI-05 takes the older of two ages: the machine slept, or the wall clock was set back", () => {
  const token = build();

  expect(ageMs(token, { monotonicMs: 6000, epochSeconds: 1_700_003_600 })).toBe(3_600_000);
  expect(ageMs(token, { monotonicMs: 65_000, epochSeconds: 1_600_000_000 })).toBe(60_000);
});

it("CLI-17 knows the scope that was asked for and not granted", () => {
  expect(missingScope(build({ scope: ["b", "c"] }))).toEqual(["a"]);
  expect(missingScope(build({ scope: undefined }))).toEqual([]);
});

it("makes the header value once, and freezes the token", () => {
  const token = build({ accessToken: "abc" });

  expect(token.authorization).toBe("Bearer abc");
  expect(Object.isFrozen(token) && Object.isFrozen(token.scope)).toBe(true);
});
