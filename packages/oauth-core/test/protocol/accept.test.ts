import type { AcceptedMediaRange } from "@credicorp/oauth-core/protocol";
import { formatAccept, parseAccept, qualityOf } from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const plain = (range: string, quality = 1): AcceptedMediaRange => ({
  range,
  quality,
  hasParameters: false,
});

describe("Accept", () => {
  it("reads back whatever it wrote", () => {
    const range = fc
      .record({
        range: fc.constantFrom("a/b", "application/json", "text/*", "*/*", "a+b/c.d"),
        thousandths: fc.integer({ min: 0, max: 1000 }),
      })
      .map(({ range: name, thousandths }) => plain(name, thousandths / 1000));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
        expect(parseAccept(formatAccept(ranges))).toEqual(ranges);
      }),
    );
  });

  it("reads the examples of RFC 9110 section 12.5.1", () => {
    expect(parseAccept("audio/*; q=0.2, audio/basic")).toEqual([
      plain("audio/*", 0.2),
      plain("audio/basic"),
    ]);
    expect(parseAccept("text/plain; q=0.5, text/html,\t text/x-dvi; q=0.8, text/x-c")).toEqual([
      plain("text/plain", 0.5),
      plain("text/html"),
      plain("text/x-dvi", 0.8),
      plain("text/x-c"),
    ]);
    const specific = parseAccept(
      "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5",
    );
    expect(specific?.map(({ hasParameters }) => hasParameters)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    const qualities = ["text/plain", "text/html", "image/jpeg"].map((type) =>
      qualityOf(specific ?? [], type),
    );
    expect(qualities).toEqual([0.7, 0.3, 0.5]);
  });

  it.each<[string, readonly AcceptedMediaRange[]]>([
    ["", []],
    [" , ,\t", []],
    ["Application/JSON;Q=0.5", [plain("application/json", 0.5)]],
    ["a/b;q=0", [plain("a/b", 0)]],
    ["a/b;q=0.000", [plain("a/b", 0)]],
    ["a/b;q=1.000", [plain("a/b")]],
    ["a/b;q=0.", [plain("a/b", 0)]],
    ["a/b ; ; q=0.1 ,, c/d", [plain("a/b", 0.1), plain("c/d")]],
    ['a/b;x=",;q=0";q=0.1', [{ range: "a/b", quality: 0.1, hasParameters: true }]],
    ['a/b;q=0.1;x="\\""', [{ range: "a/b", quality: 0.1, hasParameters: true }]],
  ])("reads %j", (value, ranges) => {
    expect(parseAccept(value)).toEqual(ranges);
  });

  it.each([
    "json",
    "a/",
    "/b",
    "*",
    "*/json",
    "a/b c/d",
    "a/b;q",
    "a/b;q=",
    "a/b;q=2",
    "a/b;q=1.001",
    "a/b;q=0.1234",
    "a/b;q=-1",
    "a/b;q=.5",
    "a/b;q=0,5",
    "a/b;q=0.5x",
    'a/b;q="0.5"',
    "a/b;q=0.5;q=0.6",
    'a/b;x="',
    "a/b;x=y z",
    "a/b;x =y",
    "a/b\u0000",
    "a/\u00e9",
    `a/${"b".repeat(1023)}`,
  ])("refuses %j", (value) => {
    expect(parseAccept(value)).toBeUndefined();
  });

  it("refuses nothing by throwing, and in no time that grows faster than the text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), (value) => {
        expect(() => parseAccept(value)).not.toThrow();
      }),
    );
    const startedMs = performance.now();
    for (const piece of ["a/b;", ";q=", 'a/b;x="\\', ", ", "\t;"]) parseAccept(piece.repeat(250));
    expect(performance.now() - startedMs).toBeLessThan(100);
  });

  it("lets the closest range decide, whatever its place and weight", () => {
    const ranges = parseAccept("*/*, application/*;q=0.5, application/json;q=0") ?? [];

    expect(
      ["application/json", "application/jwt", "text/html"].map((type) => qualityOf(ranges, type)),
    ).toEqual([0, 0.5, 1]);
    expect(qualityOf([], "application/json")).toBe(0);
  });
});
