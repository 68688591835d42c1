import {
  canonicalScope,
  formatScope,
  isScopeToken,
  parseGrantedScope,
  parseScope,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { scopeSet } from "../support/wire-texts.ts";

const inGrammar = (code: number): boolean =>
  code === 0x21 || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e);
const malformed = { ok: false, failure: { code: "scope_malformed" } };

describe("scope", () => {
  it("reads back every set of tokens it wrote", () => {
    fc.assert(
      fc.property(scopeSet, (scope) => {
        expect(parseScope(formatScope(scope))).toEqual({ ok: true, value: scope });
      }),
    );
  });

  it("TOK-13 keeps the order, and collapses duplicates", () => {
    expect(parseScope("b a b c a")).toEqual({ ok: true, value: ["b", "a", "c"] });
  });

  it("TOK-13 compares with case", () => {
    expect(parseScope("Read read")).toEqual({ ok: true, value: ["Read", "read"] });
  });

  it("TOK-13 takes every character of the grammar and no other", () => {
    const codes = Array.from({ length: 0x120 }, (_, code) => code);

    const taken = codes.filter((code) => isScopeToken(String.fromCharCode(code)));

    expect(taken).toEqual(codes.filter(inGrammar));
  });

  it.each([
    ["an empty text", ""],
    ["a space alone", " "],
    ["a leading space", " a"],
    ["a trailing space", "a "],
    ["two spaces", "a  b"],
    ["a tab", "a\tb"],
    ["a line feed", "a\nb"],
    ["a line feed at the end", "a\n"],
    ["a quote", 'a"b'],
    ["a backslash", "a\\b"],
    ["a NUL", "a\0"],
    ["a character outside of ASCII", "caf\u00e9"],
    ["a no-break space", "a\u00a0b"],
    ["a lone surrogate", "\ud800"],
  ])("TOK-13 refuses %s", (_name, text) => {
    expect(parseScope(text)).toMatchObject(malformed);
  });

  it("takes names that prototypes have", () => {
    expect(parseScope("__proto__ constructor")).toEqual({
      ok: true,
      value: ["__proto__", "constructor"],
    });
  });

  it("reads a hundred thousand tokens", () => {
    const scope = Array.from({ length: 100_000 }, (_, index) => `s${index}`);

    expect(parseScope(formatScope(scope))).toEqual({ ok: true, value: scope });
  });
});

describe("parseGrantedScope", () => {
  it("reads a missing member as undefined, and an empty text as the empty set", () => {
    expect(parseGrantedScope(undefined)).toEqual({ ok: true, value: undefined });
    expect(parseGrantedScope("")).toEqual({ ok: true, value: [] });
    expect(parseGrantedScope("a b")).toEqual({ ok: true, value: ["a", "b"] });
  });

  it.each([null, 1, true, ["a"], { a: 1 }, " ", "a  b"])("refuses %j", (member) => {
    expect(parseGrantedScope(member)).toMatchObject(malformed);
  });
});

describe("canonicalScope", () => {
  it("is equal for equal sets, and leaves its input alone", () => {
    const scope = ["b", "a", "b"];

    expect(canonicalScope(scope)).toEqual(canonicalScope(["a", "b"]));
    expect(scope).toEqual(["b", "a", "b"]);
  });

  it("differs for different sets", () => {
    expect(canonicalScope(["a"])).not.toEqual(canonicalScope(["a", "b"]));
  });
});
