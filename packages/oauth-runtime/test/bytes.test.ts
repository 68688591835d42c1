import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytes as nodeBytes } from "@credicorp/oauth-runtime";
import { bytes as portableBytes } from "@credicorp/oauth-runtime/portable";

describe.each([
  { name: "node", bytes: nodeBytes },
  { name: "portable", bytes: portableBytes },
])("bytes ($name)", ({ bytes }) => {
  it("decodes what it encodes as base64url", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        const decoded = bytes.decodeBase64url(bytes.encodeBase64url(data));

        expect(decoded && [...decoded]).toEqual([...data]);
      }),
    );
  });

  it.each([
    { name: "padding", text: "Zg==" },
    { name: "the alphabet of plain base64", text: "+/+/" },
    { name: "white space", text: "Zm9v Zm9v" },
    { name: "a line break at the end", text: "Zm9v\n" },
    { name: "a length that no bytes have", text: "Zm9vY" },
    { name: "tail bits after one byte", text: "Zh" },
    { name: "tail bits after two bytes", text: "Zm9" },
    { name: "a letter outside of ASCII", text: "Zm9é" },
    { name: "NUL", text: "Zm9\0" },
  ])("refuses base64url with $name", ({ text }) => {
    expect(bytes.decodeBase64url(text)).toBeUndefined();
  });

  it("gives every base64url text at most one spelling", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("A", "E", "I", "Q", "Z", "g", "w", "0", "9", "-", "_"),
          maxLength: 8,
        }),
        (text) => {
          const decoded = bytes.decodeBase64url(text);

          expect(decoded === undefined || bytes.encodeBase64url(decoded) === text).toBe(true);
        },
      ),
    );
  });

  it("decodes what it encodes as UTF-8, and keeps a byte order mark", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(bytes.decodeUtf8(bytes.encodeUtf8(`\ufeff${text}`))).toBe(`\ufeff${text}`);
      }),
    );
  });

  it.each([
    { name: "an overlong form", data: [0xc0, 0xaf] },
    { name: "a surrogate", data: [0xed, 0xa0, 0x80] },
    { name: "a cut sequence", data: [0xe2, 0x82] },
    { name: "a stray continuation", data: [0x80] },
  ])("refuses UTF-8 with $name", ({ data }) => {
    expect(bytes.decodeUtf8(Uint8Array.from(data))).toBeUndefined();
  });
});
