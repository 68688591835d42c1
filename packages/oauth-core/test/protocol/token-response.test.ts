import {
  canonicalTokenType,
  formatTokenResponse,
  parseTokenResponse,
  readTokenResponse,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { scopeSet, visibleText } from "../support/wire-texts.ts";

const withMembers = (members: object): string =>
  JSON.stringify({ access_token: "abc", token_type: "Bearer", ...members });
const codeOf = (body: string): string | undefined => {
  const result = parseTokenResponse(body);
  return result.ok ? undefined : result.failure.code;
};

describe("token response", () => {
  it("reads back every answer it wrote", () => {
    const anyResponse = fc.record({
      accessToken: visibleText,
      tokenType: fc.constantFrom("Bearer" as const, "DPoP" as const),
      expiresInSeconds: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
      scope: fc.oneof(fc.constant(undefined), fc.constant([]), scopeSet),
    });
    fc.assert(
      fc.property(anyResponse, (response) => {
        expect(parseTokenResponse(formatTokenResponse(response))).toEqual({
          ok: true,
          value: response,
        });
      }),
    );
  });

  it.each([
    [
      "4.4.3",
      '{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example","expires_in":3600,"example_parameter":"example_value"}',
    ],
    [
      "5.1",
      '{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value"}',
    ],
  ])("reads the example of RFC 6749 section %s, once its type is one we know", (_section, body) => {
    expect(codeOf(body)).toBe("token_type_unknown");
    expect(parseTokenResponse(body.replace('"example"', '"Bearer"'))).toEqual({
      ok: true,
      value: {
        accessToken: "2YotnFZFEjr1zCsicMWpAA",
        tokenType: "Bearer",
        expiresInSeconds: 3600,
        scope: undefined,
      },
    });
  });

  it.each([
    ["a page of a proxy", "<html><body>502 Bad Gateway</body></html>", "token_response_not_json"],
    ["nothing", "", "token_response_not_json"],
    ["a form", "access_token=abc&token_type=bearer", "token_response_not_json"],
    ["an array", "[]", "token_response_not_json"],
    ["truncated JSON", '{"access_token":"abc","tok', "token_response_not_json"],
    ["an error with status 200", '{"error":"invalid_client"}', "access_token_missing"],
    ["a null token", withMembers({ access_token: null }), "access_token_missing"],
    ["an empty token", withMembers({ access_token: "" }), "access_token_missing"],
    ["a token that is no string", withMembers({ access_token: ["a"] }), "access_token_missing"],
    ["a token with a space", withMembers({ access_token: "a b" }), "access_token_missing"],
    [
      "a token with a line feed",
      withMembers({ access_token: "a\r\nX: y" }),
      "access_token_missing",
    ],
    [
      "a token that ends with a line feed",
      withMembers({ access_token: "a\n" }),
      "access_token_missing",
    ],
    [
      "a token outside of ASCII",
      withMembers({ access_token: "caf\u00e9" }),
      "access_token_missing",
    ],
    [
      "a token in the prototype",
      '{"__proto__":{"access_token":"a"},"token_type":"Bearer"}',
      "access_token_missing",
    ],
    ["no type", withMembers({ token_type: undefined }), "token_type_missing"],
    ["an empty type", withMembers({ token_type: "" }), "token_type_missing"],
    ["a type that is no string", withMembers({ token_type: 1 }), "token_type_missing"],
  ])("CLI-21 names what is wrong with %s", (_name, body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  it.each([
    ["bearer", "Bearer"],
    ["BEARER", "Bearer"],
    ["dpop", "DPoP"],
    ["DPOP", "DPoP"],
  ])("CLI-20 reads the type %s as %s", (sent, canonical) => {
    expect(parseTokenResponse(withMembers({ token_type: sent }))).toMatchObject({
      value: { tokenType: canonical },
    });
    expect(canonicalTokenType(sent)).toBe(canonical);
  });

  it.each(["mac", "N_A", "Bearer ", " bearer", "constructor", "__proto__"])(
    "CLI-20 refuses the unknown type %j",
    (type) => {
      expect(codeOf(withMembers({ token_type: type }))).toBe("token_type_unknown");
      expect(canonicalTokenType(type)).toBeUndefined();
    },
  );

  it.each([
    ["a number", "3600", 3600],
    ["a string of digits", '"3600"', 3600],
    ["a fraction, rounded down", "59.9", 59],
    ["one second", "1", 1],
    ["the largest integer", "9007199254740991", Number.MAX_SAFE_INTEGER],
    ["null, as absent", "null", undefined],
  ])("CLI-03 reads as expires_in %s", (_name, json, expiresInSeconds) => {
    expect(
      parseTokenResponse(`{"access_token":"a","token_type":"Bearer","expires_in":${json}}`),
    ).toEqual({
      ok: true,
      value: { accessToken: "a", tokenType: "Bearer", expiresInSeconds, scope: undefined },
    });
  });

  it.each([
    "0",
    "-0",
    "-1",
    "0.9",
    "1e16",
    "1e300",
    "1e999",
    "9007199254740992",
    '"9007199254740993"',
    '"0"',
    '"-1"',
    '"3600.5"',
    '"3600 "',
    '"1e3"',
    '"0x10"',
    '"NaN"',
    '"Infinity"',
    '"\u0663"',
    '""',
    "true",
    "[3600]",
    "{}",
  ])("CLI-03 refuses the expires_in %s", (json) => {
    expect(codeOf(`{"access_token":"a","token_type":"Bearer","expires_in":${json}}`)).toBe(
      "expires_in_invalid",
    );
  });

  it.each([
    ["is undefined, as requested, when absent", undefined, undefined],
    ["is undefined when null", null, undefined],
    ["is the empty set when empty", "", []],
    ["is a set", "b a b", ["b", "a"]],
  ])("has a scope that %s", (_name, scope, granted) => {
    const result = parseTokenResponse(withMembers({ scope }));
    if (!result.ok) throw new Error(result.failure.code);

    expect(result.value.scope).toEqual(granted);
  });

  it.each([" ", "a  b", "a,\tb", 'a"', 1, ["a"], {}])("refuses the scope %j", (scope) => {
    expect(codeOf(withMembers({ scope }))).toBe("scope_malformed");
  });

  it("ignores members that it does not know", () => {
    const body = '{"__proto__":{"a":1},"constructor":1,"access_token":"a","token_type":"Bearer"}';

    expect(parseTokenResponse(body)).toMatchObject({ ok: true, value: { accessToken: "a" } });
  });

  it("writes the canonical type, and no member that is absent", () => {
    const body = formatTokenResponse({
      accessToken: "a",
      tokenType: "Bearer",
      expiresInSeconds: undefined,
      scope: undefined,
    });

    expect(JSON.parse(body)).toEqual({ access_token: "a", token_type: "Bearer" });
  });
});

it.each([
  ["[]", "token_response_not_json"],
  ["{}", "access_token_missing"],
  [withMembers({ token_type: undefined }), "token_type_missing"],
  [withMembers({ token_type: "mac" }), "token_type_unknown"],
  [withMembers({ expires_in: 0 }), "expires_in_invalid"],
  [withMembers({ scope: "a  b" }), "scope_malformed"],
])("says what is wrong with %s by the same code, with words and without", (body, code) => {
  expect(readTokenResponse(body)).toEqual({ ok: false, failure: code });
  expect(parseTokenResponse(body)).toMatchObject({
    ok: false,
    failure: { code, message: expect.stringMatching(/^The /), reference: "RFC 6749 section 5.1" },
  });
});
