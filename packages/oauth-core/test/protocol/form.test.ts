import type { FormFields } from "@credicorp/oauth-core/protocol";
import {
  decodeFormComponent,
  encodeFormComponent,
  formatForm,
  parseForm,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText, formText } from "../support/wire-texts.ts";

const limits = { maxBytes: 16_384, maxFields: 64 };
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): FormFields | string => {
  const result = parseForm(utf8(text), limits);
  return result.ok ? result.value : result.failure.code;
};

describe("form", () => {
  it("reads back whatever fields it wrote", () => {
    const anyFields = fc.array(fc.tuple(formText, formText), { maxLength: limits.maxFields });
    fc.assert(
      fc.property(anyFields, (fields) => {
        const result = parseForm(utf8(formatForm(fields)), { ...limits, maxBytes: 1_000_000 });

        expect(result).toEqual({ ok: true, value: fields });
      }),
    );
  });

  it("has the encoding of RFC 6749 appendix B", () => {
    const value = " %&+\u00a3\u20ac";

    expect(encodeFormComponent(value)).toBe("+%25%26%2B%C2%A3%E2%82%AC");
    expect(decodeFormComponent("+%25%26%2B%C2%A3%E2%82%AC")).toBe(value);
  });

  it("agrees with URLSearchParams on every form that this one wrote", () => {
    const anyFields = fc.array(fc.tuple(formText, formText), { maxLength: 8 });
    fc.assert(
      fc.property(anyFields, (fields) => {
        const body = formatForm(fields);

        expect(parse(body)).toEqual([...new URLSearchParams(body)]);
      }),
    );
  });

  it.each([
    ["nothing", "", []],
    ["separators alone", "&&&", []],
    [
      "an empty field between others",
      "a=1&&b=2&",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ["a name alone", "a", [["a", ""]]],
    [
      "a name alone before others",
      "a&b=2",
      [
        ["a", ""],
        ["b", "2"],
      ],
    ],
    ["a value that holds an equals sign", "a=b=c==", [["a", "b=c=="]]],
    ["an equals sign alone", "=", [["", ""]]],
    ["an empty name", "=1", [["", "1"]]],
    ["an encoded separator", "a=1%26b%3D2", [["a", "1&b=2"]]],
    [
      "names that prototypes have",
      "__proto__=1&constructor=2",
      [
        ["__proto__", "1"],
        ["constructor", "2"],
      ],
    ],
    [
      "a repeated name, in order",
      "a=2&a=1",
      [
        ["a", "2"],
        ["a", "1"],
      ],
    ],
    [
      "raw spaces and colons, as curl -d sends them",
      "scope=a:read b:write",
      [["scope", "a:read b:write"]],
    ],
    ["raw UTF-8", "a=\u00a3", [["a", "\u00a3"]]],
    ["a byte order mark, as a part of the name", "\ufeffa=1", [["\ufeffa", "1"]]],
    ["an encoded name", "grant%5Ftype=x", [["grant_type", "x"]]],
  ])("reads %s", (_name, body, fields) => {
    expect(parse(body)).toEqual(fields);
  });

  it.each([
    ["a percent sign at the end", "a=%"],
    ["one hexadecimal digit", "a=%4"],
    ["a digit that is none", "a=%4g"],
    ["an encoded NUL", "a=%00"],
    ["a raw NUL", "a=\0"],
    ["a NUL in a name", "a%00b=1"],
    ["a broken name", "%zz=1"],
    ["an unrecognised broken parameter", "grant_type=client_credentials&x=%"],
    ["a lone continuation byte", "a=%80"],
    ["a truncated sequence", "a=%E2%82"],
    ["an overlong slash", "a=%C0%AF"],
    ["an overlong NUL", "a=%C0%80"],
    ["an encoded surrogate", "a=%ED%A0%80"],
    ["a code point above U+10FFFF", "a=%F4%90%80%80"],
    ["Latin-1", "a=%A3"],
  ])("HTTP-06 refuses %s", (_name, body) => {
    expect(parse(body)).toBe("form_malformed");
  });

  it.each([
    ["a lone continuation byte", [0x61, 0x3d, 0x80]],
    ["an overlong slash", [0x61, 0x3d, 0xc0, 0xaf]],
    ["a surrogate", [0x61, 0x3d, 0xed, 0xa0, 0x80]],
    ["a truncated sequence", [0x61, 0x3d, 0xe2, 0x82]],
    ["UTF-16", [0xff, 0xfe, 0x61, 0x00]],
  ])("HTTP-06 refuses raw bytes that are no UTF-8: %s", (_name, bytes) => {
    expect(parseForm(Uint8Array.from(bytes), limits)).toMatchObject({
      ok: false,
      failure: { code: "form_malformed" },
    });
  });

  it("HTTP-06 never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parseForm(bytes, limits)).toHaveProperty("ok");
      }),
    );
  });

  it("HTTP-05 takes a body of the limit and refuses one byte more", () => {
    const body = utf8(`a=${"x".repeat(98)}`);

    expect(parseForm(body, { maxBytes: 100, maxFields: 1 })).toMatchObject({ ok: true });
    expect(parseForm(body, { maxBytes: 99, maxFields: 1 })).toMatchObject({
      failure: { code: "form_too_large" },
    });
  });

  it("HTTP-05 takes as many fields as the limit and refuses one more", () => {
    const body = utf8("a=1&b=2&c=3");

    expect(parseForm(body, { maxBytes: 100, maxFields: 3 })).toMatchObject({ ok: true });
    expect(parseForm(body, { maxBytes: 100, maxFields: 2 })).toMatchObject({
      failure: { code: "form_too_many_fields" },
    });
  });

  it("HTTP-05 stops at the limit of fields, before it decodes the rest", () => {
    const body = utf8(`${"a&".repeat(1_000_000)}%`);

    expect(parseForm(body, { maxBytes: body.length, maxFields: 10 })).toMatchObject({
      failure: { code: "form_too_many_fields" },
    });
  });

  it("reads a million separators as nothing", () => {
    const body = utf8("&".repeat(1_000_000));

    expect(parseForm(body, { maxBytes: body.length, maxFields: 1 })).toEqual({
      ok: true,
      value: [],
    });
  });
});

describe("form components", () => {
  it("are the identity for any text without NUL", () => {
    fc.assert(
      fc.property(formText, (text) => {
        expect(decodeFormComponent(encodeFormComponent(text))).toBe(text);
      }),
    );
  });

  it("are written in ASCII without separators", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(encodeFormComponent(text)).toMatch(/^[A-Za-z0-9*._+%-]*$/);
      }),
    );
  });

  it.each(["\ud800", "a\udfffb", "\udc00\ud800"])("replace lone surrogates in %j", (text) => {
    expect(decodeFormComponent(encodeFormComponent(text))).toBe(
      text.replaceAll(/[\ud800-\udfff]/g, "\ufffd"),
    );
  });
});
