import { formatClientCertField, parseClientCertField } from "@credicorp/oauth-core/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytes } from "../support/node-ports.ts";

describe("the Client-Cert field (RFC 9440)", () => {
  it("writes a byte sequence that it reads again", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (der) => {
        const value = formatClientCertField(der, bytes);

        expect(value).toBe(`:${Buffer.from(der).toString("base64")}:`);
        expect(Buffer.from(parseClientCertField(` ${value}\t`, bytes) ?? [])).toEqual(
          Buffer.from(der),
        );
      }),
    );
  });

  it.each([
    "",
    ":",
    "::",
    ":====:",
    "MIIB",
    ":MIIB",
    ":MII:",
    ":MIIB==:",
    ":MIIB:;a=1",
    ":MIIB:, :MIIB:",
    ":M-_B:",
    ":MI IB:",
    ":MI\nIB:",
    ":QQ=:",
    ":QR==:",
  ])("does not read %j", (value) => {
    expect(parseClientCertField(value, bytes)).toBeUndefined();
  });
});
