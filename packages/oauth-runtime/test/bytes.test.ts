import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytes as nodeBytes } from "@credicorp/oauth-runtime";
import { bytes as portableBytes } from "@credicorp/oauth-runtime/portable";

const brokenUtf8 = [
  { name: "an overlong form", data: [0xc0, 0xaf] },
  { name: "a surrogate", data: [0xed, 0xa0, 0x80] },
  { name: "a cut sequence", data: [0xe2, 0x82] },
  { name: "a stray continuation", data: [0x80] },
];

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

  it.each(brokenUtf8)("refuses UTF-8 with $name", ({ data }) => {
    expect(bytes.decodeUtf8(Uint8Array.from(data))).toBeUndefined();
  });
});

describe("decodeBase64urlUtf8 (node)", () => {
  const { decodeBase64urlUtf8 = () => undefined } = nodeBytes;

  it("ATK-19 ATK-23 decodes and refuses what the two portable decodings do, one after the other", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }).map((value) => Buffer.from(value).toString("base64url")),
      fc.uint8Array().map((data) => Buffer.from(data).toString("base64url")),
      fc.string({ unit: fc.constantFrom("A", "Z", "w", "-", "+", "/", "=", " ", "é", "\0") }),
    );
    fc.assert(
      fc.property(text, (encoded) => {
        const data = portableBytes.decodeBase64url(encoded);

        expect(decodeBase64urlUtf8(encoded)).toBe(data && portableBytes.decodeUtf8(data));
      }),
      { numRuns: 500 },
    );
  });

  it.each(brokenUtf8)("ATK-23 refuses UTF-8 with $name, and not the sign for it", ({ data }) => {
    const encode = (value: Uint8Array): string => Buffer.from(value).toString("base64url");

    expect(decodeBase64urlUtf8(encode(Uint8Array.from([0x61, ...data])))).toBeUndefined();
    expect(decodeBase64urlUtf8(encode(Buffer.from("a\ufffd\ufeff")))).toBe("a\ufffd\ufeff");
  });

  it.each([16_383, 16_384, 16_385, 16_388, 100_000])(
    "decodes %i characters, more than the kept buffer holds or not",
    (length) => {
      const text = "é".repeat(length);
      const encoded = Buffer.from(text).toString("base64url");
      const plain = "QUJD".repeat(Math.ceil(length / 4)).slice(0, length - (length % 4));

      expect(decodeBase64urlUtf8(encoded)).toBe(text);
      expect(decodeBase64urlUtf8(plain)).toBe("ABC".repeat(plain.length / 4));
      expect(decodeBase64urlUtf8(`${plain}A`)).toBeUndefined();
    },
  );
});

describe("readJws (node)", () => {
  it("ATK-19 ATK-23 reads and refuses what the portable decodings do, segment by segment", () => {
    const encoded = fc.oneof(
      { weight: 3, arbitrary: fc.string({ unit: "grapheme" }).map(encodeText) },
      fc.uint8Array().map((data) => Buffer.from(data).toString("base64url")),
      fc.string({
        unit: fc.constantFrom("A", "Z", "w", "-", "+", "/", "=", " ", "é", "\0", "\u0141"),
      }),
    );
    let read = 0;
    fc.assert(
      fc.property(fc.tuple(encoded, encoded, encoded), ([header, payload, signature]) => {
        const data = portableBytes.decodeBase64url(payload);
        const text = data && portableBytes.decodeUtf8(data);
        const isSigned = signature !== "" && portableBytes.decodeBase64url(signature) !== undefined;
        // The header is looked at elsewhere; what is no ASCII in it spoils all of the token.
        const isAscii = Buffer.byteLength(header) === header.length;
        const expected =
          text === undefined || !isSigned || !isAscii
            ? undefined
            : { payload: text, signingInput: `${header}.${payload}`, signature };
        const first = header.length;
        const second = first + 1 + payload.length;

        expect(nodeBytes.readJws?.(`${header}.${payload}.${signature}`, { first, second })).toEqual(
          expected,
        );
        if (expected !== undefined) read += 1;
      }),
      { numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  it.each([16_383, 16_384, 16_388, 100_000])(
    "reads a token of %i characters, more than the kept buffers hold or not",
    (length) => {
      const payload = encodeText(JSON.stringify({ a: "é".repeat(1000) }));
      const rest = length - payload.length - 5;
      const signature = "A".repeat(rest - (rest % 4));
      const token = `e30.${payload}.${signature}`;
      const dots = { first: 3, second: 4 + payload.length };

      expect(nodeBytes.readJws?.(token, dots)).toEqual({
        payload: JSON.stringify({ a: "é".repeat(1000) }),
        signingInput: `e30.${payload}`,
        signature,
      });
      expect(nodeBytes.readJws?.(`${token}=`, dots)).toBeUndefined();
      expect(nodeBytes.readJws?.(`${token}A`, dots)).toBeUndefined();
    },
  );
});

function encodeText(text: string): string {
  return Buffer.from(text).toString("base64url");
}
