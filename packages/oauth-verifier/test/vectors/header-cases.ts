import { deflateRawSync } from "node:zlib";

import { claims, header } from "./base-token.ts";
import { goodToken } from "./good-token.ts";
import type { Case } from "./vector-file.ts";
import type { VectorSigner } from "./vector-signer.ts";
import { encode } from "./vector-signer.ts";

const { stringify } = JSON;

/** Tokens that are of another kind, or contain one. */
export function wrappedCases(signer: VectorSigner): readonly Case[] {
  const { alg, good, first, second, last } = goodToken(signer);
  const compressed = deflateRawSync(stringify(claims));
  const bomb = {
    alg: "PBES2-HS256+A128KW",
    enc: "A128GCM",
    p2c: 2_147_483_647,
    p2s: "AAAAAAAAAAA",
  };
  return [
    ["five segments", `${good}.${second}.${last}`, "ATK-26"],
    [
      "a JWE by its header",
      `${encode({ alg: "RSA-OAEP", enc: "A256GCM", kid: "test-key" })}.${last}.AAAAAAAAAAAAAAAA.${second}.AAAAAAAAAAAAAAAAAAAAAA`,
      "ATK-26",
    ],
    [
      "enc beside a good signature",
      signer.jws({ ...header(alg), enc: "A256GCM" }, claims),
      "ATK-26",
      "acceptable",
    ],
    ["alg dir", `${encode({ alg: "dir", enc: "A256GCM" })}.${second}.${last}`, "ATK-26"],
    ["a token inside of a token", signer.jws({ ...header(alg), cty: "JWT" }, good), "ATK-26"],
    [
      "an unsecured token inside of a token",
      signer.jws({ ...header(alg), cty: "JWT" }, `${encode({ alg: "none" })}.${second}.`),
      "ATK-26 ATK-01",
    ],
    ["a compressed payload", signer.jws({ ...header(alg), zip: "DEF" }, compressed), "ATK-27"],
    ["a key that takes hours to derive", `${encode(bomb)}.${second}.${last}`, "ATK-27"],
    [
      "the same as a JWE",
      `${encode(bomb)}.${last}.AAAAAAAAAAAAAAAA.${second}.AAAAAAAAAAAAAAAAAAAAAA`,
      "ATK-27 ATK-26",
    ],
    ["a header without its payload", `${first}.${last}.${second}`, "ATK-20"],
  ];
}

/** Headers that ask for extensions. */
export function criticalCases(signer: VectorSigner): readonly Case[] {
  const { alg } = goodToken(signer);
  const sign = (members: object): string => signer.jws({ ...header(alg), ...members }, claims);
  const unencodedInput = `${encode({ ...header(alg), b64: false, crit: ["b64"] })}.${stringify(claims)}`;
  return [
    [
      "an unknown extension",
      sign({ crit: ["http://example.invalid/x"], "http://example.invalid/x": 1 }),
      "ATK-28",
    ],
    ["an extension that is not there", sign({ crit: ["x"] }), "ATK-28"],
    ["an empty crit", sign({ crit: [] }), "ATK-28"],
    ["crit null", sign({ crit: null }), "ATK-28"],
    ["crit as a text", sign({ crit: "exp" }), "ATK-28"],
    ["crit as an object", sign({ crit: { 0: "alg", length: 1 } }), "ATK-28"],
    ["crit false", sign({ crit: false }), "ATK-28"],
    ["crit of a registered parameter", sign({ crit: ["alg"] }), "ATK-28"],
    ["crit of a claim", sign({ crit: ["exp"], exp: 1 }), "ATK-28"],
    ["crit with a name twice", sign({ crit: ["x", "x"], x: 1 }), "ATK-28"],
    ["crit of a number", sign({ crit: [1] }), "ATK-28"],
    ["crit of the empty name", sign({ crit: [""], "": 1 }), "ATK-28"],
    ["crit of a name of the prototype", sign({ crit: ["toString"] }), "ATK-28"],
    [
      "an unencoded payload",
      `${unencodedInput}.${encode(signer.signature(unencodedInput))}`,
      "ATK-29",
    ],
    ["b64 false, critical, over an encoded payload", sign({ b64: false, crit: ["b64"] }), "ATK-29"],
    ["b64 false, not critical", sign({ b64: false }), "ATK-29", "acceptable"],
    ["b64 true, critical", sign({ b64: true, crit: ["b64"] }), "ATK-29", "acceptable"],
    ["an unknown parameter that is not critical", sign({ x: 1 }), "", "valid"],
  ];
}
