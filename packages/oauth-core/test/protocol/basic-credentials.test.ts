import {
  formatBasicCredentials,
  parseAuthorization,
  parseBasicCredentials,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText } from "../support/wire-texts.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const withoutControls = anyText.filter((text) => !/[\x00-\x1f\x7f]/.test(text));
const malformed = { ok: false, failure: { code: "basic_malformed" } };

describe("Basic credentials", () => {
  it("CLI-22 reads back any id and any Unicode secret that it wrote", () => {
    const anyId = withoutControls.filter((text) => text !== "");
    fc.assert(
      fc.property(anyId, withoutControls, (clientId, clientSecret) => {
        const authorization = parseAuthorization(
          formatBasicCredentials({ clientId, clientSecret }),
        );
        if (!authorization.ok) throw new Error(authorization.failure.code);

        expect(authorization.value.scheme).toBe("basic");
        expect(parseBasicCredentials(authorization.value.credentials)).toEqual({
          ok: true,
          value: { clientId, clientSecret },
        });
      }),
    );
  });

  it.each([
    ["2.3.1", "7Fjfp0ZBr1KtDRbnfVdmIw", "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"],
    ["4.4.2", "gX1fBat3bV", "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"],
  ])("has the example of RFC 6749 section %s", (_section, clientSecret, header) => {
    const credentials = { clientId: "s6BhdRkqt3", clientSecret };

    expect(formatBasicCredentials(credentials)).toBe(header);
    expect(parseBasicCredentials(header.slice("Basic ".length))).toEqual({
      ok: true,
      value: credentials,
    });
  });

  it("CLI-22 form-encodes colon, percent, plus and space before base64", () => {
    const header = formatBasicCredentials({ clientId: "a:b", clientSecret: "1%2+3 4" });

    expect(header).toBe(`Basic ${base64("a%3Ab:1%252%2B3+4")}`);
  });

  it("CLI-22 leaves id and secret as they are where the encoding is raw", () => {
    const header = formatBasicCredentials({ clientId: "a", clientSecret: "1%2+3 4:\u00a3" }, "raw");

    expect(header).toBe(`Basic ${base64("a:1%2+3 4:\u00a3")}`);
  });

  it("writes both encodings alike for the characters of a secret that we issue", () => {
    const issued = fc.string({
      unit: fc.constantFrom("A", "Z", "a", "z", "0", "9", "_", "-"),
      minLength: 1,
    });
    fc.assert(
      fc.property(issued, issued, (clientId, clientSecret) => {
        const credentials = { clientId, clientSecret };

        expect(formatBasicCredentials(credentials, "raw")).toBe(
          formatBasicCredentials(credentials),
        );
      }),
    );
  });

  it.each([
    ["at the first colon", "a:b:c", { clientId: "a", clientSecret: "b:c" }],
    ["with a plus sign as a space", "a+b:c+d", { clientId: "a b", clientSecret: "c d" }],
    ["with many plus signs", "a+b+c:++", { clientId: "a b c", clientSecret: "  " }],
    ["with percent-encoding", "%61%3A:%C2%A3", { clientId: "a:", clientSecret: "\u00a3" }],
    ["with raw UTF-8", "a:\u00a3", { clientId: "a", clientSecret: "\u00a3" }],
    ["with an empty secret", "a:", { clientId: "a", clientSecret: "" }],
    [
      "with an id that prototypes have",
      "__proto__:x",
      { clientId: "__proto__", clientSecret: "x" },
    ],
  ])("AUTH-02 reads id and secret %s", (_name, text, credentials) => {
    expect(parseBasicCredentials(base64(text))).toEqual({ ok: true, value: credentials });
  });

  it("reads base64 without its padding", () => {
    expect(parseBasicCredentials("YTpi")).toMatchObject({ ok: true });
    expect(parseBasicCredentials("YTpiYw")).toMatchObject({ value: { clientSecret: "bc" } });
  });

  it.each([
    ["nothing", ""],
    ["characters outside of base64", "!!!!"],
    ["base64url", "YTo_"],
    ["an impossible length", "YTpiY"],
    ["too much padding", "YTpi===="],
    ["no colon", base64("client")],
    ["an empty id", base64(":secret")],
    ["a broken percent-encoding in the id", base64("a%:b")],
    ["a broken percent-encoding in the secret", base64("a:%zz")],
    ["encoded bytes that are no UTF-8", base64("a:%FF")],
    ["raw bytes that are no UTF-8", Buffer.from([0x61, 0x3a, 0xff]).toString("base64")],
    ["an overlong colon", Buffer.from([0x61, 0xc0, 0xba, 0x62]).toString("base64")],
    ["a raw NUL", base64("a:b\0")],
    ["an encoded NUL", base64("a:b%00")],
    ["a raw line feed", base64("a\n:b")],
    ["an encoded line feed in the id", base64("a%0A:b")],
    ["an encoded carriage return in the secret", base64("a:b%0D")],
    ["an encoded delete", base64("a:b%7F")],
  ])("AUTH-08 refuses %s", (_name, credentials) => {
    expect(parseBasicCredentials(credentials)).toMatchObject(malformed);
  });

  it("AUTH-08 gives a verdict for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(parseBasicCredentials(text)).toHaveProperty("ok");
        expect(parseBasicCredentials(base64(text))).toHaveProperty("ok");
      }),
    );
  });

  it("says nothing of what it refused", () => {
    const result = parseBasicCredentials(base64("planted-id:planted-secret%"));

    expect(result).toMatchObject(malformed);
    expect(JSON.stringify(result)).not.toContain("planted");
  });
});
