import type { DistinguishedName } from "@credicorp/oauth-core/protocol";
import { isSameDistinguishedName, parseDistinguishedName } from "@credicorp/oauth-core/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

const cn = "2.5.4.3";
const o = "2.5.4.10";

describe("a distinguished name (RFC 4514)", () => {
  it.each<[string, DistinguishedName]>([
    ["", []],
    [
      "UID=jsmith,DC=example,DC=net",
      [
        [{ type: "0.9.2342.19200300.100.1.1", value: "jsmith" }],
        [{ type: "0.9.2342.19200300.100.1.25", value: "example" }],
        [{ type: "0.9.2342.19200300.100.1.25", value: "net" }],
      ],
    ],
    [
      "OU=Sales+CN=J.  Smith,DC=net",
      [
        [
          { type: "2.5.4.11", value: "Sales" },
          { type: cn, value: "J.  Smith" },
        ],
        [{ type: "0.9.2342.19200300.100.1.25", value: "net" }],
      ],
    ],
    ['CN=James \\"Jim\\" Smith\\, III', [[{ type: cn, value: 'James "Jim" Smith, III' }]]],
    ["CN=Before\\0dAfter", [[{ type: cn, value: "Before\rAfter" }]]],
    ["CN=Lu\\C4\\8Di\\C4\\87", [[{ type: cn, value: "Lučić" }]]],
    ["cn = a , 2.5.4.10=b", [[{ type: cn, value: "a" }], [{ type: o, value: "b" }]]],
    ["CN=a\\ ,O= \\ b", [[{ type: cn, value: "a " }], [{ type: o, value: " b" }]]],
    ["CN=", [[{ type: cn, value: "" }]]],
    ["CN=a=b", [[{ type: cn, value: "a=b" }]]],
    ["1.3.6.1.4.1.1466.0=x", [[{ type: "1.3.6.1.4.1.1466.0", value: "x" }]]],
    ["Unheard=x", [[{ type: "Unheard", value: "x" }]]],
  ])("reads %j", (text, expected) => {
    expect(parseDistinguishedName(text)).toEqual(expected);
  });

  it.each([
    "CN",
    "=x",
    "CN=a,",
    ",CN=a",
    "CN=a;O=b",
    'CN="a"',
    "CN=a<b",
    "CN=a\\",
    "CN=a\\zz",
    "CN=\\C4",
    "CN=\\FF",
    "CN=a\0b",
    "CN=\ud800",
    "1.3.6.1.4.1.1466.0=#04024869",
    "2.=x",
    "C N=x",
  ])("does not take %j for one", (text) => {
    expect(parseDistinguishedName(text)).toBeUndefined();
  });

  it.each([
    ["CN=a,O=b", "cn=a, O=b"],
    ["CN=a\\,b", "CN=a\\2Cb"],
    ["CN=a+OU=b", "OU=b+CN=a"],
    ["emailAddress=a", "1.2.840.113549.1.9.1=a"],
  ])("takes %j and %j for the same", (left, right) => {
    expect(isSame(left, right)).toBe(true);
  });

  it.each([
    ["CN=a,O=b", "O=b,CN=a"],
    ["CN=a,O=b", "CN=a+O=b"],
    ["CN=a,O=b", "CN=a\\,O=b"],
    ["CN=a,O=b", "CN=a\\0AO=b"],
    ["CN=a+O=b", "CN=a\\+O=b"],
    ["CN=a", "CN=A"],
    ["CN=a", "CN=a\\ "],
    ["CN=a", "CN=a\\00"],
    ["CN=a", "CN=a,CN=a"],
    ["CN=a", "CN=a+CN=a"],
    ["CN=a", "OU=a"],
    ["Role=a", "role=a"],
  ])("MTLS-01 does not take %j and %j for the same", (left, right) => {
    expect(isSame(left, right)).toBe(false);
  });

  it("reads any value that is written with escapes alone", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const escaped = [...new TextEncoder().encode(value)]
          .map((byte) => `\\${byte.toString(16).padStart(2, "0")}`)
          .join("");

        expect(parseDistinguishedName(`CN=${escaped},O=x`)).toEqual([
          [{ type: cn, value }],
          [{ type: o, value: "x" }],
        ]);
      }),
    );
  });
});

function isSame(left: string, right: string): boolean {
  const [one, other] = [parseDistinguishedName(left), parseDistinguishedName(right)];
  if (one === undefined || other === undefined) throw new Error("malformed");
  return isSameDistinguishedName(one, other);
}
