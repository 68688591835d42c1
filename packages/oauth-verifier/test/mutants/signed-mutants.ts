import { claims, header } from "../vectors/base-token.ts";
import type { Mutation } from "./token-mutants.ts";

const { stringify } = JSON;
const body = stringify(claims);
const names = Object.keys(claims);
const required = names.filter((name) => name !== "scope");

// What none of the required claims may be.
const wrongValues: readonly unknown[] = [null, true, false, {}, [], [[]], [1], "", { length: 1 }];
const lookAlikes = [
  (text: string) => `${text}/`,
  (text: string) => text.toUpperCase(),
  (text: string) => ` ${text}`,
  (text: string) => `${text}\0`,
  (text: string) => text.slice(0, -1),
  (text: string) => text.replace("a", "а"),
  (text: string) => text.replace("https", "http"),
  (text: string) => `${text}.evil.example`,
  (text: string) => `${text}@evil.example`,
];

/** Mutants that the trusted key signed itself: whoever accepts them has read them wrongly. */
export const signedMutants: Readonly<Record<string, Mutation>> = {
  "type of a claim": ({ random, signer, alg }) => {
    const payload = { ...claims, [random.pick(required)]: random.pick(wrongValues) };
    return { token: signer.jws(header(alg), payload), isGood: false };
  },
  "a claim left out": ({ random, signer, alg }) => {
    const payload = { ...claims, [random.pick(required)]: undefined };
    return { token: signer.jws(header(alg), payload), isGood: false };
  },
  "a time": ({ random, signer, alg }) => {
    const value = random.pick([
      `"${claims.exp}"`,
      "1e400",
      "-1e400",
      "-1",
      `[${claims.exp}]`,
      "null",
      `${claims.exp}000`,
      `{"valueOf":${claims.exp}}`,
      "01",
      "0x7fffffff",
      "NaN",
    ]);
    const name = random.pick(["exp", "iat", "nbf"]);
    const payload = body
      .replace(`"${name}":${claims[name as "exp"]},`, "")
      .replace(/\}$/, `,"${name}":${value}}`);
    return { token: signer.jws(header(alg), payload), isGood: false };
  },
  "a look-alike": ({ random, signer, alg }) => {
    const name = random.pick(["iss", "aud"] as const);
    const payload = { ...claims, [name]: random.pick(lookAlikes)(claims[name]) };
    return { token: signer.jws(header(alg), payload), isGood: false };
  },
  "a repeated member": ({ random, signer, alg }) => {
    const name = random.pick(names);
    const spelled = random.below(2) === 0 ? name : escaped(name, random.below(name.length));
    const text = random.below(2) === 0 ? `"${spelled}":null,` : `"x":{"${spelled}":1,"${name}":2},`;
    return { token: signer.jws(header(alg), body.replace("{", `{${text}`)), isGood: false };
  },
  "a repeated header member": ({ random, signer, alg }) => {
    const text = `"${random.pick(["alg", "typ", "kid"])}":"none",`;
    return {
      token: signer.jws(stringify(header(alg)).replace("{", `{${text}`), claims),
      isGood: false,
    };
  },
  "a member of the header": ({ random, signer, alg }) => {
    const change: unknown = random.pick([
      { typ: random.pick(["JWT", "dpop+jwt", "at+jwt;x", "", null, ["at+jwt"]]) },
      {
        alg: random.pick(["none", "HS256", "ES384", "ES256K", "", null, alg.toLowerCase(), [alg]]),
      },
      { kid: random.pick([1, null, [], {}, "another", "Test-Key"]) },
      { crit: random.pick([[], ["x"], null, "exp", ["b64"]]) },
      { b64: random.pick([true, false, null]) },
      { enc: "A256GCM" },
    ]);
    return {
      token: signer.jws({ ...header(alg), ...(change as object) }, claims),
      isGood: false,
    };
  },
  "broken JSON": ({ random, signer, alg }) => {
    const place = 1 + random.below(body.length - 1);
    const payload = random.pick([
      body.slice(0, place),
      `${body}${random.pick(["}", ",", "x", body, "\0"])}`,
      `\ufeff${body}`,
      `[${body}]`,
      stringify(body),
      body.replaceAll('"', "'"),
      body.replace("{", "{,"),
      body.replace("{", `{"x":${"[".repeat(20 + random.below(900))},`),
    ]);
    return { token: signer.jws(header(alg), payload), isGood: false };
  },
  unicode: ({ random, signer, alg }) => {
    const text = random.pick([
      Buffer.from(body.replace("{", '{"x":"ÿ",'), "latin1"),
      Buffer.from(body.replace("{", '{"x":"\u00ed\u00a0\u0080",'), "latin1"),
      Buffer.from(body, "utf16le"),
      Buffer.from(body.replace("{", String.raw`{"x":"\ud${random.pick(["8", "c"])}00",`)),
      Buffer.from(body.replace("{", '{"x":"\u00c0\u0080",'), "latin1"),
    ]);
    return { token: signer.jws(header(alg), text), isGood: false };
  },
  "white space in JSON, signed": ({ random, signer, alg }) => {
    const payload = stringify(
      { ...claims, jti: `j${random.below(1e9)}` },
      undefined,
      random.below(5),
    );
    return {
      token: signer.jws(header(alg), `${payload}${" ".repeat(random.below(3))}`),
      isGood: true,
    };
  },
  "other extensions, signed": ({ random, signer, alg }) => {
    const name = random.pick(["toString", "constructor", "x", "ünï", "hasOwnProperty"]);
    const extension = { [name]: random.pick([1, "a", null, [], { a: { b: [1] } }]) };
    const kid = random.pick([{}, { x: 1 }, { jku: "https://evil.example" }]);
    return {
      token: signer.jws({ ...header(alg), ...kid }, { ...claims, ...extension }),
      isGood: true,
    };
  },
};

function escaped(name: string, index: number): string {
  const code = name.charCodeAt(index).toString(16).padStart(4, "0");
  return `${name.slice(0, index)}\\u${code}${name.slice(index + 1)}`;
}
