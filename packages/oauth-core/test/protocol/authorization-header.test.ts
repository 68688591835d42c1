import {
  authorizationScheme,
  formatAuthorization,
  parseAuthorization,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText, asciiText } from "../support/wire-texts.ts";

const token68 = fc
  .tuple(
    asciiText((character) => /[A-Za-z0-9._~+/-]/.test(character)),
    fc.constantFrom("", "=", "=="),
  )
  .map(([text, padding]) => text + padding);

describe("Authorization", () => {
  it("reads back every token68 it wrote", () => {
    const tokenType = fc.constantFrom("Bearer" as const, "DPoP" as const);
    fc.assert(
      fc.property(tokenType, token68, (type, token) => {
        expect(parseAuthorization(formatAuthorization(type, token))).toEqual({
          ok: true,
          value: { scheme: type.toLowerCase(), credentials: token },
        });
      }),
    );
  });

  it("reads the example of RFC 6750 section 2.1", () => {
    expect(formatAuthorization("Bearer", "mF_9.B5f-4.1JqM")).toBe("Bearer mF_9.B5f-4.1JqM");
    expect(parseAuthorization("Bearer mF_9.B5f-4.1JqM")).toEqual({
      ok: true,
      value: { scheme: "bearer", credentials: "mF_9.B5f-4.1JqM" },
    });
  });

  it.each(["basic", "BASIC", "bAsIc"])("AUTH-08 compares the scheme without case: %s", (scheme) => {
    expect(parseAuthorization(`${scheme} YTpi`)).toMatchObject({ value: { scheme: "basic" } });
  });

  it.each(["bearer", "BEARER", "BeArEr"])(
    "RS-05 compares the scheme without case: %s",
    (scheme) => {
      expect(parseAuthorization(`${scheme} abc`)).toMatchObject({ value: { scheme: "bearer" } });
    },
  );

  it.each([
    ["nothing", ""],
    ["a scheme alone", "Bearer"],
    ["a scheme and a space", "Bearer "],
    ["no scheme", " abc"],
    ["two spaces", "Bearer  abc"],
    ["a tab", "Bearer\tabc"],
    ["a space and a tab", "Bearer \tabc"],
    ["two credentials", "Bearer abc def"],
    ["a trailing space", "Bearer abc "],
    ["a leading space", " Bearer abc"],
    ["two fields joined by a comma", "Bearer abc, Bearer def"],
    ["two fields joined by a bare comma", "Bearer abc,Bearer def"],
    ["parameters", 'Bearer token="abc"'],
    ["quotes", 'Bearer "abc"'],
    ["padding inside", "Basic YT=pi"],
    ["padding alone", "Basic =="],
    ["a line feed at the end", "Bearer abc\n"],
    ["a header after it", "Bearer abc\r\nX-Admin: 1"],
    ["a NUL", "Bearer abc\0"],
    ["a no-break space", "Bearer\u00a0abc"],
    ["a character outside of ASCII", "Bearer abc\u0435"],
    ["a scheme outside of ASCII", "B\u0435arer abc"],
    ["a scheme with a colon", "Bearer: abc"],
  ])("ATK-42 refuses %s", (_name, value) => {
    expect(parseAuthorization(value)).toMatchObject({
      ok: false,
      failure: { code: "authorization_malformed" },
    });
  });

  it("gives a verdict for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(parseAuthorization(`Bearer ${text}`).ok).toBe(/^[\w.~+/-]+=*$/.test(text));
      }),
    );
  });

  it("reads a value of a million characters that fails at its end", () => {
    expect(parseAuthorization(`Bearer ${"a".repeat(500_000)}${"=".repeat(500_000)}!`).ok).toBe(
      false,
    );
  });
});

describe("authorizationScheme", () => {
  it.each([
    ["Basic YTpi", "basic"],
    ["Basic", "basic"],
    ["BEARER\tabc", "bearer"],
    ['Digest username="a", realm="b"', "digest"],
    [" Basic YTpi", ""],
    ["", ""],
  ])("of %j is %j, whatever follows", (value, scheme) => {
    expect(authorizationScheme(value)).toBe(scheme);
  });
});
