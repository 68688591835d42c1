import type { IntrospectionResponse } from "@credicorp/oauth-core/protocol";
import {
  formatIntrospectionResponse,
  parseIntrospectionResponse,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText, scopeSet } from "../support/wire-texts.ts";

const parse = (body: string): IntrospectionResponse | string => {
  const result = parseIntrospectionResponse(body);
  return result.ok ? result.value : result.failure.code;
};

const example = `{
  "active": true,
  "client_id": "l238j323ds-23ij4",
  "username": "jdoe",
  "scope": "read write dolphin",
  "sub": "Z5O3upPC88QrAjx00dis",
  "aud": "https://protected.example.net/resource",
  "iss": "https://server.example.com/",
  "exp": 1419356238,
  "iat": 1419350238,
  "extension_field": "twenty-seven"
}`;

describe("introspection response", () => {
  it("reads back every answer it wrote", () => {
    const text = anyText.filter((value) => value !== "");
    const time = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 });
    const anyAnswer = fc.record(
      {
        active: fc.constant(true as const),
        scope: fc.oneof(fc.constant([]), scopeSet),
        clientId: text,
        tokenType: text,
        expiresAt: time,
        issuedAt: time,
        notBefore: time,
        subject: text,
        audience: fc.array(anyText, { maxLength: 3 }),
        issuer: text,
        jti: text,
        confirmation: fc.record({ jkt: text }),
      },
      { requiredKeys: ["active"] },
    );
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        expect(parse(formatIntrospectionResponse(answer))).toEqual(answer);
      }),
    );
  });

  it("reads the active example of RFC 7662 section 2.2", () => {
    expect(parse(example)).toEqual({
      active: true,
      clientId: "l238j323ds-23ij4",
      scope: ["read", "write", "dolphin"],
      subject: "Z5O3upPC88QrAjx00dis",
      audience: ["https://protected.example.net/resource"],
      issuer: "https://server.example.com/",
      expiresAt: 1_419_356_238,
      issuedAt: 1_419_350_238,
    });
  });

  it("INT-05 says nothing but active of a token that is not", () => {
    const expired = { active: false, subject: "planted", jti: "planted" } as const;

    expect(formatIntrospectionResponse(expired)).toBe('{"active":false}');
    expect(parse('{"active": false}')).toEqual({ active: false });
    expect(parse('{"active":false,"sub":"x","exp":"never"}')).toEqual({ active: false });
  });

  it("INT-08 writes the registered names, integers for times, and a single audience as a text", () => {
    const body = formatIntrospectionResponse({
      active: true,
      scope: ["a", "b"],
      clientId: "c",
      tokenType: "Bearer",
      expiresAt: 3,
      issuedAt: 1,
      notBefore: 2,
      subject: "s",
      audience: ["https://a.example"],
      issuer: "https://i.example",
      jti: "j",
      confirmation: { jkt: "k" },
    });

    expect(JSON.parse(body)).toEqual({
      active: true,
      scope: "a b",
      client_id: "c",
      token_type: "Bearer",
      exp: 3,
      iat: 1,
      nbf: 2,
      sub: "s",
      aud: "https://a.example",
      iss: "https://i.example",
      jti: "j",
      cnf: { jkt: "k" },
    });
  });

  it.each([
    ["a page", "<html></html>", "introspection_not_json"],
    ["nothing", "", "introspection_not_json"],
    ["an array", "[true]", "introspection_not_json"],
    ["an answer without active", '{"sub":"a"}', "introspection_active_invalid"],
    ["active as a text", '{"active":"true"}', "introspection_active_invalid"],
    ["active as a number", '{"active":1}', "introspection_active_invalid"],
    ["active as null", '{"active":null}', "introspection_active_invalid"],
    ["active in the prototype", '{"__proto__":{"active":true}}', "introspection_active_invalid"],
    ["an error", '{"error":"invalid_request"}', "introspection_active_invalid"],
  ])("refuses %s", (_name, body, code) => {
    expect(parse(body)).toBe(code);
  });

  it.each([
    '"exp":"1419356238"',
    '"exp":null',
    '"exp":1e999',
    '"iat":true',
    '"nbf":[1]',
    '"scope":1',
    '"scope":["read"]',
    '"scope":"a  b"',
    '"scope":null',
    '"aud":1',
    '"aud":null',
    '"aud":["a",1]',
    '"aud":{"0":"a"}',
    '"cnf":"x"',
    '"cnf":null',
    '"cnf":[]',
    '"client_id":1',
    '"sub":null',
    '"iss":["https://a.example"]',
    '"jti":{}',
    '"token_type":false',
  ])("refuses an active answer with %s", (member) => {
    expect(parse(`{"active":true,${member}}`)).toBe("introspection_member_invalid");
  });

  it("ignores texts that are empty, and reads an empty scope as the empty set", () => {
    expect(parse('{"active":true,"scope":"","sub":"","jti":""}')).toEqual({
      active: true,
      scope: [],
    });
  });

  it("does not take members from a prototype", () => {
    expect(parse('{"active":true,"__proto__":{"sub":"admin","scope":"admin"}}')).toEqual({
      active: true,
    });
  });
});
