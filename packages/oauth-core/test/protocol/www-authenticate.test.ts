import type { Challenge } from "@credicorp/oauth-core/protocol";
import { formatChallenges, parseChallenges } from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText, asciiText, tokenText } from "../support/wire-texts.ts";

const bearer = (parameters: Record<string, string>): Challenge => ({
  scheme: "Bearer",
  parameters,
});

describe("WWW-Authenticate", () => {
  it("reads back every list of challenges it wrote", () => {
    const printable = asciiText((character) => /[\x20-\x7e]/.test(character), 0);
    const name = tokenText.map((text) => text.toLowerCase()).filter((text) => text !== "__proto__");
    const anyChallenge = fc.record({
      scheme: tokenText,
      parameters: fc.dictionary(name, printable, { maxKeys: 4, noNullPrototype: true }),
    });
    fc.assert(
      fc.property(fc.array(anyChallenge, { maxLength: 4 }), (challenges) => {
        expect(parseChallenges(formatChallenges(challenges))).toEqual(challenges);
      }),
    );
  });

  it.each([
    ['Bearer realm="example"', bearer({ realm: "example" })],
    [
      'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
      bearer({
        realm: "example",
        error: "invalid_token",
        error_description: "The access token expired",
      }),
    ],
  ])("has the example of RFC 6750 section 3: %s", (value, challenge) => {
    expect(parseChallenges(value)).toEqual([challenge]);
    expect(formatChallenges([challenge])).toBe(value);
  });

  it("reads the example of RFC 9110 section 11.6.1", () => {
    const value = 'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""';

    expect(parseChallenges(value)).toEqual([
      { scheme: "Basic", parameters: { realm: "simple" } },
      { scheme: "Newauth", parameters: { realm: "apps", type: "1", title: 'Login to "apps"' } },
    ]);
  });

  it.each<[string, string, readonly Challenge[]]>([
    ["nothing", "", []],
    ["empty elements alone", ", ,\t,", []],
    ["a scheme alone", "Negotiate", [{ scheme: "Negotiate", parameters: {} }]],
    [
      "two schemes alone",
      "Negotiate, NTLM",
      [
        { scheme: "Negotiate", parameters: {} },
        { scheme: "NTLM", parameters: {} },
      ],
    ],
    [
      "empty elements around",
      ',, Bearer realm="a",, error=x , ,Basic,',
      [bearer({ realm: "a", error: "x" }), { scheme: "Basic", parameters: {} }],
    ],
    ["white space around an equals sign", 'Bearer realm \t= "a"', [bearer({ realm: "a" })]],
    ["several spaces after a scheme", 'Bearer   realm="a"', [bearer({ realm: "a" })]],
    ["names without case", 'Bearer Realm="a", ERROR=b', [bearer({ realm: "a", error: "b" })]],
    ["the first of a repeated parameter", 'Bearer error="a", error="b"', [bearer({ error: "a" })]],
    [
      "an empty first of a repeated parameter",
      'Bearer error="", error="b"',
      [bearer({ error: "" })],
    ],
    [
      "a quoted comma and scheme",
      'Bearer realm="a, Basic realm=b"',
      [bearer({ realm: "a, Basic realm=b" })],
    ],
    ["escapes", 'Bearer realm="\\a\\"\\\\"', [bearer({ realm: 'a"\\' })]],
    ["a token68", "Negotiate YTpi==", [{ scheme: "Negotiate", parameters: {} }]],
    [
      "a token68 with one sign of padding",
      "Negotiate YTpi=, Basic",
      [
        { scheme: "Negotiate", parameters: {} },
        { scheme: "Basic", parameters: {} },
      ],
    ],
    [
      "a token68 before another challenge",
      'Negotiate YTpi , Bearer error="a"',
      [{ scheme: "Negotiate", parameters: {} }, bearer({ error: "a" })],
    ],
    ["a challenge twice", "Bearer a=1, Bearer a=2", [bearer({ a: "1" }), bearer({ a: "2" })]],
    ["a parameter that looks like a scheme", "Bearer Basic=1", [bearer({ basic: "1" })]],
    [
      "a missing comma between parameters",
      'Bearer realm="a" error="b"',
      [bearer({ realm: "a", error: "b" })],
    ],
  ])("reads %s", (_name, value, challenges) => {
    expect(parseChallenges(value)).toEqual(challenges);
  });

  it.each([
    ["a parameter before any scheme", 'realm="a"'],
    ["an open quote", 'Bearer realm="a'],
    ["an open quote that ends in an escape", 'Bearer realm="a\\"'],
    ["a parameter without a value", "Bearer error=a, realm="],
    ["a parameter without a value, before another", "Bearer realm=a, error=, x=y"],
    ["a quote alone", '"'],
    ["a separator that is none", 'Bearer realm="a"; error="b"'],
    ["a tab after a scheme", 'Bearer\trealm="a"'],
    ["a name outside of ASCII", 'Bearer r\u00e9alm="a"'],
    ["a line feed", 'Bearer realm="a"\nX: y'],
  ])("refuses %s", (_name, value) => {
    expect(parseChallenges(value)).toBeUndefined();
  });

  it.each(["__proto__", "constructor", "toString"])("reads %s as a name like any other", (name) => {
    const [sent] = parseChallenges(`Bearer ${name}="x", error="y"`) ?? [];
    const [without] = parseChallenges('Bearer error="y"') ?? [];

    expect(Object.entries(sent?.parameters ?? {})).toEqual([
      [name.toLowerCase(), "x"],
      ["error", "y"],
    ]);
    expect(without?.parameters[name.toLowerCase()]).toBeUndefined();
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
    expect(formatChallenges([sent ?? bearer({})])).toContain(`${name.toLowerCase()}="x"`);
  });

  it("ATK-43 writes one line of ASCII, whatever the value", () => {
    const hostile = fc.string({
      unit: fc.oneof(anyText, fc.constantFrom('"', "\\", "\r", "\n", "\ud800")),
    });
    fc.assert(
      fc.property(hostile, (text) => {
        const value = formatChallenges([bearer({ error_description: text, scope: "a" })]);

        expect(value).toMatch(/^[\x20-\x7e]*$/);
        expect(parseChallenges(value)).toEqual([
          bearer({ error_description: text.replaceAll(/[^\x20-\x7e]/g, "?"), scope: "a" }),
        ]);
      }),
    );
  });

  it("gives a verdict for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(() => parseChallenges(`Bearer ${text}`)).not.toThrow();
      }),
    );
  });

  it.each([
    ["separators", ", ".repeat(200_000), true],
    ["schemes", "A, ".repeat(100_000), true],
    ["parameters", `Bearer ${"a=b, ".repeat(100_000)}`, true],
    ["a long name", `Bearer ${"a".repeat(500_000)}"`, false],
    ["spaces before no equals sign", `Bearer a${" ".repeat(500_000)}"`, false],
    ["padding", `Bearer a${"=".repeat(500_000)}"`, false],
    ["an open quote of escapes", `Bearer a="${"\\a".repeat(250_000)}`, false],
    ["many open quotes", `Bearer ${'a="\\'.repeat(100_000)}`, false],
  ])("reads to the end of a long list of %s", (_name, value, isGood) => {
    expect(parseChallenges(value) !== undefined).toBe(isGood);
  });
});
