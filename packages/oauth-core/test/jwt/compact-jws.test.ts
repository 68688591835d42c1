import type { SignatureEngine, SigningKey } from "@credicorp/oauth-core";
import { encodeJwsHeader, parseCompactJws, signCompactJws } from "@credicorp/oauth-core/jwt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytes, createTestKey } from "../support/node-ports.ts";

const encode = (text: string): string => Buffer.from(text).toString("base64url");
const header = '{"alg":"ES256","kid":"k1","typ":"at+jwt"}';
const good = `${encode(header)}.${encode('{"iss":"joe"}')}.AAEC`;

function codeOf(token: string): string | undefined {
  const result = parseCompactJws(token, bytes);
  return result.ok ? undefined : result.failure.code;
}

const withHeader = (text: string): string => `${encode(text)}.${encode("{}")}.AAEC`;

describe("parseCompactJws", () => {
  it("takes a token apart", () => {
    expect(parseCompactJws(good, bytes)).toMatchObject({
      ok: true,
      value: {
        header: { alg: "ES256", kid: "k1", typ: "at+jwt" },
        payload: { iss: "joe" },
        signingInput: bytes.encodeUtf8(good.slice(0, good.lastIndexOf("."))),
        signature: new Uint8Array([0, 1, 2]),
      },
    });
  });

  it("reads back what signCompactJws wrote, whatever the claims", async () => {
    const key: SigningKey = { algorithm: "ES256", handle: undefined };
    const name = fc.string({ unit: "grapheme", minLength: 1 });
    const claims = fc.dictionary(name, fc.jsonValue({ maxDepth: 4 }));
    const later = fc.boolean();

    await fc.assert(
      fc.asyncProperty(name, claims, fc.uint8Array({ minLength: 1 }), later, async (...input) => {
        const [kid, payload, signature, asynchronous] = input;
        const signatureEngine: Pick<SignatureEngine, "sign"> = {
          sign: () => (asynchronous ? Promise.resolve(signature) : signature),
        };
        const encodedHeader = encodeJwsHeader({ alg: "ES256", kid, typ: "at+jwt" }, bytes);
        const token = await signCompactJws(
          { encodedHeader, claims: payload, key },
          { bytes, signatureEngine },
        );

        expect(parseCompactJws(token, bytes)).toEqual({
          ok: true,
          value: {
            encodedHeader,
            header: {
              alg: "ES256",
              kid,
              typ: "at+jwt",
              members: { alg: "ES256", kid, typ: "at+jwt" },
            },
            payload: JSON.parse(JSON.stringify(payload)),
            signingInput: bytes.encodeUtf8(token.slice(0, token.lastIndexOf("."))),
            signature,
          },
        });
      }),
    );
  });

  it("never throws and never reads a second spelling of a token, for any change of one character", () => {
    const token = createTestKey("k").sign({ iss: "joe" });
    const original = parseCompactJws(token, bytes);

    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.string({ unit: "binary", maxLength: 2 }),
        (index, text) => {
          const mutant = token.slice(0, index) + text + token.slice(index + 1);
          fc.pre(mutant !== token);

          expect(parseCompactJws(mutant, bytes)).not.toEqual(original);
        },
      ),
      { numRuns: 10 * (fc.readConfigureGlobal().numRuns ?? 100) },
    );
  });

  it.each([
    ["ATK-20 no segment", ""],
    ["ATK-20 one segment", "abc"],
    ["ATK-20 two segments", good.slice(0, good.lastIndexOf("."))],
    ["ATK-20 four segments", `${good}.AAEC`],
    ["ATK-26 five segments, a JWE", `${good}.AAEC.AAEC`],
    ["ATK-20 a dot at the end", `${good}.`],
    ["ATK-20 a dot at the beginning", `.${good}`],
    ["ATK-20 empty segments", ".."],
    ["ATK-20 an empty payload", `${encode(header)}..AAEC`],
    ["ATK-01 an empty signature", good.slice(0, good.lastIndexOf(".") + 1)],
    ["ATK-19 padding", `${good.slice(0, -4)}AA==`],
    ["ATK-19 a space in front", ` ${good}`],
    ["ATK-19 a newline behind", `${good}\n`],
    ["ATK-19 the other alphabet", `${encode(header)}.${encode("{}")}.+/+/`],
    ["ATK-19 NUL", `${good}\0`],
    ["ATK-19 tail bits that are not zero", `${encode(header)}.${encode("{}")}.AB`],
    ["ATK-19 a length that no bytes have", `${encode(header)}.${encode("{}")}.AAECA`],
    ["ATK-19 characters beyond ASCII", `${encode(header)}.${encode("{}")}.ＡＡＥＣ`],
    [
      "ATK-21 the JSON serialization",
      '{"payload":"e30","signatures":[{"protected":"e30","signature":"AA"}]}',
    ],
    ["ATK-21 a polyglot", `{"a":"${good}"}`],
    ["ATK-22 a repeated header member", withHeader('{"alg":"none","alg":"ES256"}')],
    ["ATK-22 a repeated claim", `${encode(header)}.${encode('{"exp":1,"exp":2}')}.AAEC`],
    ["ATK-23 a byte order mark", withHeader(`\u{feff}${header}`)],
    [
      "ATK-23 invalid UTF-8",
      `${encode(header)}.${Buffer.from([0x7b, 0x22, 0xff, 0x22]).toString("base64url")}.AAEC`,
    ],
    [
      "ATK-23 UTF-16",
      `${encode(header)}.${Buffer.from("{}", "utf16le").toString("base64url")}.AAEC`,
    ],
    [
      "ATK-23 overlong UTF-8",
      `${encode(header)}.${Buffer.from([0xc1, 0xbb, 0xc1, 0xbd]).toString("base64url")}.AAEC`,
    ],
    ["a payload that is an array", `${encode(header)}.${encode("[]")}.AAEC`],
    ["a payload that is a string", `${encode(header)}.${encode('"a"')}.AAEC`],
    ["a header that is null", withHeader("null")],
  ])("%s is refused", (_name, token) => {
    expect(codeOf(token)).toBe("jws_malformed");
  });

  it.each([
    ["no alg", '{"kid":"k1"}'],
    ["ATK-25 an alg in the prototype", '{"__proto__":{"alg":"ES256"}}'],
    ["an alg that is a number", '{"alg":256}'],
    ["an alg that is an array", '{"alg":["ES256"]}'],
    ["ATK-13 a kid that is a number", '{"alg":"ES256","kid":1}'],
    ["ATK-13 a kid that is an array", '{"alg":"ES256","kid":["k1"]}'],
    ["ATK-13 a kid that is an object", '{"alg":"ES256","kid":{}}'],
    ["ATK-13 a kid that is null", '{"alg":"ES256","kid":null}'],
    ["ATK-30 a typ that is an array", '{"alg":"ES256","typ":["at+jwt"]}'],
  ])("%s in the header is refused", (_name, text) => {
    expect(codeOf(withHeader(text))).toBe("jws_header_invalid");
  });

  it.each([
    ["ATK-28 an unknown crit", '{"alg":"ES256","crit":["x"],"x":1}'],
    ["ATK-28 an empty crit", '{"alg":"ES256","crit":[]}'],
    ["ATK-28 a crit that is null", '{"alg":"ES256","crit":null}'],
    ["ATK-28 a crit that is a string", '{"alg":"ES256","crit":"b64"}'],
    ["ATK-28 a crit with registered names", '{"alg":"ES256","crit":["alg"]}'],
    ["ATK-28 a crit with repeated names", '{"alg":"ES256","crit":["x","x"],"x":1}'],
    ["ATK-28 a crit with numbers", '{"alg":"ES256","crit":[1]}'],
    ["ATK-29 b64 false with crit", '{"alg":"ES256","b64":false,"crit":["b64"]}'],
    ["ATK-29 b64 false without crit", '{"alg":"ES256","b64":false}'],
    ["ATK-26 enc", '{"alg":"ES256","enc":"A256GCM"}'],
  ])("%s in the header is refused", (_name, text) => {
    expect(codeOf(withHeader(text))).toBe("jws_extension_unknown");
  });

  it("ATK-19 reads padded segments where that is asked for, and only with the padding that belongs there", () => {
    const limits = { maxLength: 16_384, acceptPadding: true };
    const read = (token: string): string => {
      const jws = parseCompactJws(token, bytes, limits);
      return jws.ok ? bytes.encodeBase64url(jws.value.signature) : jws.failure.code;
    };
    const padded = (text: string): string => Buffer.from(text).toString("base64");
    const [first, second] = [padded('{"alg":"ES256"}'), padded('{"a":1}')];
    const covered = parseCompactJws(`${first}.${second}.AA==`, bytes, limits);

    expect(second.endsWith("=")).toBe(true);
    expect(covered).toMatchObject({
      value: { signingInput: bytes.encodeUtf8(`${first}.${second}`), payload: { a: 1 } },
    });
    expect(read(`${first}.${second}.AAE=`)).toBe("AAE");
    expect(read(`${first}.${second.replace(/=+$/, "")}.AAE`)).toBe("AAE");
    for (const signature of [
      "AA=",
      "AA===",
      "AAEC=",
      "AAE==",
      "A===",
      "=",
      "====",
      "A=A=",
      "AB==",
    ]) {
      expect(read(`${first}.${second}.${signature}`)).toBe("jws_malformed");
    }
    expect(codeOf(`${first}.${second}.AAEC`)).toBe("jws_malformed");
  });

  it("ATK-11 ATK-12 leaves keys and places of keys in the header alone", () => {
    const members =
      '"jwk":{"kty":"oct"},"jku":"http://127.0.0.1/","x5u":"http://127.0.0.1/","x5c":["AA"]';

    expect(codeOf(withHeader(`{"alg":"ES256",${members}}`))).toBeUndefined();
  });

  it("ATK-24 takes 16 KiB and refuses one character more", () => {
    const start = `${encode(header)}.${encode("{}")}.`;

    expect(codeOf(start + "A".repeat(16_384 - start.length))).not.toBe("jws_too_large");
    expect(codeOf(start + "A".repeat(16_385 - start.length))).toBe("jws_too_large");
  });

  it("ATK-20 refuses 8 MB of dots without taking them apart", () => {
    const dots = ".".repeat(8_000_000);
    const started = performance.now();
    for (let round = 0; round < 1000; round += 1) codeOf(dots);

    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("repeats nothing of the token in its failures", () => {
    const planted = "cGxhbnRlZF9zZWNyZXQ";
    const failures = [planted, `${planted}.${planted}.${planted}`, `${good}.${planted}`].map(
      (token) => parseCompactJws(token, bytes),
    );

    expect(failures.every((result) => !result.ok)).toBe(true);
    expect(JSON.stringify(failures)).not.toContain(planted);
  });
});
