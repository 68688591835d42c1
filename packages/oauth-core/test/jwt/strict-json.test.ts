import { parseStrictJsonObject } from "@credicorp/oauth-core/jwt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
}

describe("parseStrictJsonObject", () => {
  it("reads what JSON.parse reads, for every object that was written by JSON.stringify", () => {
    const json = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 5 }));

    fc.assert(
      fc.property(json, (value) => {
        expect(parseStrictJsonObject(JSON.stringify(value))).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });

  it.each([
    ["at the top", '{"exp":1,"exp":2}'],
    ["with equal values", '{"exp":1,"exp":1}'],
    ["apart from each other", '{"exp":1,"iat":1,"exp":2}'],
    ["below the top", '{"cnf":{"jkt":"a","jkt":"b"}}'],
    ["inside of an array", '{"list":[{"a":1,"a":2}]}'],
    ["spelled with an escape", String.raw`{"exp":1,"\u0065xp":2}`],
    ["that is the empty name", '{"":1,"":2}'],
    ["named __proto__", '{"__proto__":{},"__proto__":{}}'],
    ["hidden among members that were lost with it", '{"a":{"b":1,"c":2},"a":1}'],
  ])("ATK-22 refuses a repeated member %s", (_name, text) => {
    expect(parseStrictJsonObject(text)).toBeUndefined();
  });

  it.each([
    ["a colon in a string", '{"a":"b:c","d":":"}'],
    ["braces in a string", '{"a":"{[{[{[{[{[{[{[{[{[{["}'],
    ["an escaped quotation mark", String.raw`{"a":"\":\"","b":"\\"}`],
    ["the same name at different levels", '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}'],
    ["an escaped pair of surrogates", String.raw`{"a":"\ud83d\ude00"}`],
  ])("reads %s", (_name, text) => {
    expect(parseStrictJsonObject(text)).toEqual(JSON.parse(text));
  });

  it("ATK-25 keeps __proto__ as a plain member", () => {
    const object = parseStrictJsonObject('{"__proto__":{"exp":9999999999}}');

    expect(object && Object.hasOwn(object, "__proto__")).toBe(true);
    expect(object?.["exp"]).toBeUndefined();
  });

  it("ATK-24 reads 16 levels and refuses 17", () => {
    expect(parseStrictJsonObject(nested(16))).toBeDefined();
    expect(parseStrictJsonObject(nested(17))).toBeUndefined();
    expect(parseStrictJsonObject(`{"a":${"[".repeat(16)}${"]".repeat(16)}}`)).toBeUndefined();
  });

  it("ATK-24 gives up on 100,000 levels after the seventeenth", () => {
    const bomb = `{"a":${"[".repeat(100_000)}`;
    const started = performance.now();
    for (let round = 0; round < 1000; round += 1) parseStrictJsonObject(bomb);

    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.each([
    ["ATK-23 a byte order mark", "\u{feff}{}"],
    ["ATK-23 a lone surrogate", '{"a":"\ud800"}'],
    ["ATK-23 an escaped lone surrogate", String.raw`{"a":"\udc00\ud800"}`],
    ["ATK-23 an escaped lone surrogate in a name", String.raw`{"\ud800":1}`],
    ["ATK-23 an escaped lone surrogate in an array", String.raw`{"a":["\uDBFF"]}`],
    ["ATK-31 a number that overflows", '{"exp":1e400}'],
    ["ATK-31 a number that overflows below zero", '{"a":[-1e400]}'],
    ["ATK-31 NaN", '{"exp":NaN}'],
    ["an array", "[]"],
    ["a string", '"{}"'],
    ["null", "null"],
    ["nothing", ""],
    ["a comment", "{/**/}"],
    ["a trailing comma", '{"a":1,}'],
    ["trailing text", "{}{}"],
    ["a string without end", '{"a":"b'],
    ["an escape at the end", '{"a":"\\'],
    ["single quotes", "{'a':1}"],
    ["a control character", '{"a":"\n"}'],
  ])("%s is refused", (_name, text) => {
    expect(parseStrictJsonObject(text)).toBeUndefined();
  });
});
