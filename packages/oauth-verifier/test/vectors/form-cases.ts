import { claims, header } from "./base-token.ts";
import { goodToken } from "./good-token.ts";
import { criticalCases, wrappedCases } from "./header-cases.ts";
import type { Case, CaseGroup } from "./vector-file.ts";
import type { VectorSigner } from "./vector-signer.ts";
import { encode, vectorSigner } from "./vector-signer.ts";

const { stringify } = JSON;

/** Tokens that only a lenient parser reads; wherever there is something to sign, the signature is good. */
export function formGroups(): readonly CaseGroup[] {
  return ["RS256", "ES256"].map((name) => {
    const signer = vectorSigner(name);
    const cases = [base64Cases, segmentCases, jsonCases, wrappedCases, criticalCases];
    return {
      comment: `the form of the token (${name})`,
      private: signer.jwk,
      public: signer.publicJwk,
      cases: cases.flatMap((make) => [...make(signer)]),
    };
  });
}

function base64Cases(signer: VectorSigner): readonly Case[] {
  const { alg, good, first, second, last } = goodToken(signer);
  const padded = (segment: string): string => segment + "=".repeat((4 - (segment.length % 4)) % 4);
  // Payloads of both lengths that end within a byte, so that there are tail bits to set.
  const odd = encode(needingPadding(stringify(claims)));
  const resigned = (input: string): string => `${input}.${encode(signer.signature(input))}`;
  const slashes = Buffer.from(stringify({ ...claims, x: "???>>>" })).toString("base64");
  return [
    ["a good token", good, "", "valid"],
    ["a padded signature", `${first}.${second}.${padded(last)}`, "ATK-19"],
    ["a padded payload, signed so", resigned(`${first}.${padded(odd)}`), "ATK-19"],
    [
      "a padded header, signed so",
      resigned(`${padded(encode(needingPadding(stringify(header(alg)))))}.${second}`),
      "ATK-19",
    ],
    ["padding that nothing asks for", `${good}====`, "ATK-19"],
    ["tail bits of the payload, signed so", resigned(`${first}.${withTailBits(odd)}`), "ATK-19"],
    ["tail bits of the signature", `${first}.${second}.${withTailBits(last)}`, "ATK-19"],
    [
      "the alphabet of base64, signed so",
      resigned(`${first}.${slashes.replace(/=+$/, "")}`),
      "ATK-19",
    ],
    ["a character too many", `${good}A`, "ATK-19"],
    ["a space in front", ` ${good}`, "ATK-19"],
    ["a line break behind", `${good}\n`, "ATK-19"],
    ["a NUL behind", `${good}\0`, "ATK-19"],
    ["a tab in the signature", `${first}.${second}.\t${last}`, "ATK-19"],
    [
      "a line break in the payload, signed so",
      resigned(`${first}.${second.slice(0, 8)}\n${second.slice(8)}`),
      "ATK-19",
    ],
    [
      "full-width letters in the payload",
      `${first}.${second.replaceAll("e", "ｅ")}.${last}`,
      "ATK-19",
    ],
    ["percent-encoding of a dot", good.replace(".", "%2E"), "ATK-19"],
  ];
}

function segmentCases(signer: VectorSigner): readonly Case[] {
  const { good, first, second, last } = goodToken(signer);
  return [
    ["nothing", "", "ATK-20"],
    ["one segment", first, "ATK-20"],
    ["two segments", `${first}.${second}`, "ATK-20"],
    ["four segments", `${good}.${last}`, "ATK-20"],
    ["a dot behind", `${good}.`, "ATK-20"],
    ["a dot in front", `.${good}`, "ATK-20"],
    ["dots alone", "..", "ATK-20"],
    ["8000 dots", ".".repeat(8000), "ATK-20"],
    ["no header", `.${second}.${last}`, "ATK-20"],
    ["no payload", `${first}..${last}`, "ATK-20"],
    [
      "the flattened JSON serialization",
      stringify({ payload: second, protected: first, signature: last }),
      "ATK-21",
    ],
    [
      "the general JSON serialization",
      stringify({ payload: second, signatures: [{ protected: first, signature: last }] }),
      "ATK-21",
    ],
    ["a token inside of JSON", stringify({ token: good }), "ATK-21"],
    [
      "a polyglot of JSON and the compact form",
      `{"a":"${good}","payload":"${second}","protected":"${first}","signature":"${last}"}`,
      "ATK-21",
    ],
    ["a scheme in front", `Bearer ${good}`, "ATK-21"],
  ];
}

function jsonCases(signer: VectorSigner): readonly Case[] {
  const { alg } = goodToken(signer);
  const head = stringify(header(alg));
  const body = stringify(claims);
  const signHeader = (text: string | Buffer): string => signer.jws(text, claims);
  const signBody = (text: string | Buffer): string => signer.jws(header(alg), text);
  const inserted = (member: string): string => body.replace("{", `{${member},`);
  return [
    ["alg twice", signHeader(head.replace("{", '{"alg":"none",')), "ATK-22", "acceptable"],
    [
      "kid twice, once in an escape",
      signHeader(head.replace("{", String.raw`{"\u006bid":"x",`)),
      "ATK-22",
      "acceptable",
    ],
    ["exp twice, the last good", signBody(inserted('"exp":1')), "ATK-22", "acceptable"],
    ["exp twice, the first good", signBody(body.replace(/\}$/, ',"exp":1}')), "ATK-22"],
    [
      "iss twice, once in an escape",
      signBody(inserted(String.raw`"\u0069ss":"https://evil.example"`)),
      "ATK-22",
      "acceptable",
    ],
    [
      "a repeated member below the top",
      signBody(inserted('"x":{"a":1,"a":2}')),
      "ATK-22",
      "acceptable",
    ],
    ["a byte order mark in the header", signHeader(`\u{feff}${head}`), "ATK-23"],
    ["a byte order mark in the payload", signBody(`\u{feff}${body}`), "ATK-23"],
    ["invalid UTF-8", signBody(Buffer.from(inserted('"x":"ÿ"'), "latin1")), "ATK-23"],
    [
      "an overlong slash",
      signBody(Buffer.from(inserted('"x":"\u00c0\u00af"'), "latin1")),
      "ATK-23",
    ],
    [
      "a surrogate as UTF-8",
      signBody(Buffer.from(inserted('"x":"\u00ed\u00a0\u0080"'), "latin1")),
      "ATK-23",
    ],
    ["UTF-16", signBody(Buffer.from(body, "utf16le")), "ATK-23"],
    ["UTF-16 with a mark", signBody(Buffer.from(`\u{feff}${body}`, "utf16le")), "ATK-23"],
    [
      "half an escaped pair of surrogates",
      signBody(inserted(String.raw`"x":"\ud800"`)),
      "ATK-23",
      "acceptable",
    ],
    [
      "1500 levels of arrays",
      signBody(inserted(`"x":${"[".repeat(1500)}${"]".repeat(1500)}`)),
      "ATK-24",
      "acceptable",
    ],
    [
      "1000 levels of objects in the header",
      signHeader(head.replace("{", `{"x":${'{"a":'.repeat(1000)}1${"}".repeat(1000)},`)),
      "ATK-24",
      "acceptable",
    ],
    ["arrays without end", signBody(`{"x":${"[".repeat(4000)}`), "ATK-24"],
    [
      "a number beyond all numbers",
      signBody(body.replace(/"iat":\d+/, '"iat":1e400')),
      "ATK-24 ATK-31",
    ],
    ["claims in __proto__", signBody(`{"__proto__":${body}}`), "ATK-25"],
    ["claims in the constructor", signBody(`{"constructor":{"prototype":${body}}}`), "ATK-25"],
    ["the header in __proto__", signHeader(`{"__proto__":${head}}`), "ATK-25"],
    [
      "exp in __proto__",
      signBody(body.replace(/"exp":\d+/, '"__proto__":{"exp":4102444800}')),
      "ATK-25",
    ],
    [
      "claims named toString and hasOwnProperty",
      signBody(inserted('"toString":1,"hasOwnProperty":2')),
      "ATK-25",
      "valid",
    ],
    ["white space between members", signBody(stringify(claims, undefined, 1)), "", "valid"],
    ["a payload that is a list", signBody(`[${body}]`), "ATK-21"],
    ["a payload that is a text", signBody(stringify(body)), "ATK-21"],
    ["a payload that is null", signBody("null"), "ATK-21"],
    ["a header that is a list", signHeader(`[${head}]`), "ATK-21"],
    ["two JSON texts in the payload", signBody(body + body), "ATK-21"],
    ["a comment in the payload", signBody(`${body}//`), "ATK-21"],
    ["a comma too many", signBody(body.replace(/\}$/, ",}")), "ATK-21"],
    ["single quotes", signBody(body.replaceAll('"', "'")), "ATK-21"],
  ];
}

/** JSON with spaces behind, until its length is no multiple of three. */
function needingPadding(json: string): string {
  return json.length % 3 === 0 ? `${json} ` : json;
}

/** Another spelling of the same bytes; of a segment whose length is no multiple of four. */
function withTailBits(segment: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (segment.length % 4 === 0) throw new Error("there are no tail bits");
  return segment.slice(0, -1) + alphabet.charAt(alphabet.indexOf(segment.slice(-1)) + 1);
}
