import {
  isJsonObject,
  ownMember,
  ownText,
  ownTexts,
  parseJsonObject,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("parseJsonObject", () => {
  it("reads back any object that was written", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const text = JSON.stringify(object);

        expect(JSON.stringify(parseJsonObject(text))).toBe(text);
      }),
    );
  });

  it.each([
    ["nothing", ""],
    ["an array", "[]"],
    ["null", "null"],
    ["a string", '"{}"'],
    ["a number", "1"],
    ["a page", "<!doctype html><title>502</title>"],
    ["a form", "access_token=abc&token_type=bearer"],
    ["a truncated object", '{"a":1'],
    ["a second object", "{}{}"],
    ["a byte order mark", "\ufeff{}"],
    ["a trailing comma", '{"a":1,}'],
    ["a comment", "{/**/}"],
    ["a NUL at the end", "{}\0"],
  ])("refuses %s", (_name, text) => {
    expect(parseJsonObject(text)).toBeUndefined();
  });

  it("keeps a __proto__ member as a member and leaves prototypes alone", () => {
    const object = parseJsonObject('{"__proto__":{"polluted":true}}');

    expect(object && Object.keys(object)).toEqual(["__proto__"]);
    expect(object?.["polluted"]).toBeUndefined();
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("never throws, a hundred thousand levels deep either", () => {
    const open = '{"a":'.repeat(100_000);

    expect(() => parseJsonObject(`${open}1${"}".repeat(100_000)}`)).not.toThrow();
    expect(parseJsonObject(open)).toBeUndefined();
  });
});

describe("members", () => {
  const inherited = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];

  it.each(inherited)("are own members only: %s", (name) => {
    const object = parseJsonObject("{}") ?? {};

    expect(ownMember(object, name)).toBeUndefined();
    expect(ownText(object, name)).toBeUndefined();
    expect(ownTexts(object, name)).toBeUndefined();
  });

  it.each(inherited)("may have any name: %s", (name) => {
    const object = parseJsonObject(`{"${name}":"x"}`) ?? {};

    expect(ownText(object, name)).toBe("x");
  });

  it.each([null, true, 1, "", [], {}])("are no texts: %j", (value) => {
    expect(ownText({ value }, "value")).toBeUndefined();
  });

  it.each([null, "a", { 0: "a", length: 1 }, [1], ["a", null]])(
    "are no lists of texts: %j",
    (value) => {
      expect(ownTexts({ value }, "value")).toBeUndefined();
    },
  );

  it("are read as lists of texts, empty ones too", () => {
    expect(ownTexts({ value: [] }, "value")).toEqual([]);
    expect(ownTexts({ value: ["a", ""] }, "value")).toEqual(["a", ""]);
  });
});

describe("isJsonObject", () => {
  it.each([null, undefined, [], "a", 1])("says no to %j", (value) => {
    expect(isJsonObject(value)).toBe(false);
  });

  it("says yes to objects, without a prototype too", () => {
    expect(isJsonObject({})).toBe(true);
    expect(isJsonObject(Object.create(null))).toBe(true);
  });
});
