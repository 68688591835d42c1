import { formMediaType, isUtf8MediaType, parseMediaType } from "@credicorp/oauth-core/protocol";
import { describe, expect, it } from "vitest";

describe("media type", () => {
  it.each([
    "text/html;charset=utf-8",
    'Text/HTML;Charset="utf-8"',
    'text/html; charset="utf-8"',
    "text/html;charset=UTF-8",
  ])("reads the example of RFC 9110 section 8.3.1: %s", (value) => {
    expect(parseMediaType(value)).toEqual({ essence: "text/html", charset: "utf-8" });
  });

  it.each([
    ["no parameter", "a/b", undefined],
    ["white space around", " a/b \t; charset=x ; y=z\t", "x"],
    ["empty parameters", "a/b;;; ; charset=x;", "x"],
    ["another parameter", "a/b; boundary=charset", undefined],
    [
      "a quoted parameter that looks like a charset",
      'a/b; x="; charset=utf-16"; charset=utf-8',
      "utf-8",
    ],
    ["a quoted parameter with escapes", 'a/b; x="\\"; charset=utf-16"', undefined],
    ["a charset with escapes", 'a/b; charset="ut\\f-8"', "utf-8"],
    ["a name that ends like charset", "a/b; xcharset=y", undefined],
  ])("reads %s", (_name, value, charset) => {
    expect(parseMediaType(value)).toEqual({ essence: "a/b", charset });
  });

  it.each([
    ["nothing", ""],
    ["a type alone", "text"],
    ["a type without subtype", "text/"],
    ["two types", "a/b, c/d"],
    ["two types, one with a charset", "a/b; charset=utf-8, c/d"],
    ["two charsets", "a/b; charset=utf-8; charset=utf-16"],
    ["the same charset twice", "a/b; charset=utf-8; charset=utf-8"],
    ["a parameter without a value", "a/b; charset"],
    ["a parameter without a name", "a/b; =utf-8"],
    ["white space around the equals sign", "a/b; charset = utf-8"],
    ["an open quote", 'a/b; charset="utf-8'],
    ["text after a quote", 'a/b; charset="utf-8"x'],
    ["a line feed", "a/b\n"],
    ["a value longer than 256 characters", `a/b; x=${"y".repeat(256)}`],
  ])("refuses %s", (_name, value) => {
    expect(parseMediaType(value)).toBeUndefined();
  });

  it.each([
    ["white space and semicolons", `a/b${" ;".repeat(120)}"`],
    ["white space", `a/b;${" ".repeat(250)}"`],
    ["parameters", `a/b${";a=b".repeat(60)}"`],
    ["escapes", `a/b;a="${"\\a".repeat(120)}`],
    ["names", `a/b;${"a".repeat(250)}`],
  ])("refuses a value that fails at its end, after many %s", (_name, value) => {
    expect(value.length).toBeLessThanOrEqual(256);
    expect(parseMediaType(value)).toBeUndefined();
  });
});

describe("isUtf8MediaType", () => {
  it.each([
    formMediaType,
    "Application/X-WWW-Form-Urlencoded",
    `${formMediaType};charset=utf-8`,
    `${formMediaType}; charset="UTF-8"`,
    `${formMediaType}; x=y`,
  ])("takes %s", (value) => {
    expect(isUtf8MediaType(value, formMediaType)).toBe(true);
  });

  it.each([
    "",
    "application/json",
    "multipart/form-data; boundary=x",
    "text/plain",
    `${formMediaType}x`,
    `${formMediaType}; charset=iso-8859-1`,
    `${formMediaType}; charset=utf-16`,
    `${formMediaType}; charset=""`,
    `${formMediaType}, application/json`,
  ])("refuses %j", (value) => {
    expect(isUtf8MediaType(value, formMediaType)).toBe(false);
  });
});
