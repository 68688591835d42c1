import { createPrivateKey, sign } from "node:crypto";

/** What is made of a good token, by name; each takes the token's segments and a number to draw from. */
export type Mutation = (parts: Parts, draw: number) => string;

/** The segments of a token. */
export interface Parts {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

/** Takes a token apart. */
export function partsOf(token: string): Parts {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return { header, payload, signature };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\0é";

// The order of P-256.
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export const mutations: Readonly<Record<string, Mutation>> = {
  untouched: ({ header, payload, signature }) => `${header}.${payload}.${signature}`,
  "one character": ({ header, payload, signature }, draw) => {
    const token = `${header}.${payload}.${signature}`;
    const at = draw % token.length;
    const other = alphabet.charAt(Math.floor(draw / token.length) % alphabet.length);
    return token.slice(0, at) + other + token.slice(at + 1);
  },
  "a character less": (parts, draw) => {
    const token = mutations["untouched"]?.(parts, 0) ?? "";
    const at = draw % token.length;
    return token.slice(0, at) + token.slice(at + 1);
  },
  "a character more": (parts, draw) => {
    const token = mutations["untouched"]?.(parts, 0) ?? "";
    const at = draw % (token.length + 1);
    return token.slice(0, at) + alphabet.charAt(draw % alphabet.length) + token.slice(at);
  },
  "one bit of the signature": ({ header, payload, signature }, draw) => {
    const data = Buffer.from(signature, "base64url");
    const at = draw % data.length;
    data[at] = (data[at] ?? 0) ^ (1 << (draw % 8));
    return `${header}.${payload}.${data.toString("base64url")}`;
  },
  "one bit of the payload": ({ header, payload, signature }, draw) => {
    const data = Buffer.from(payload, "base64url");
    const at = draw % data.length;
    data[at] = (data[at] ?? 0) ^ (1 << (draw % 8));
    return `${header}.${data.toString("base64url")}.${signature}`;
  },
  "a digit of a claim": ({ header, payload, signature }, draw) => {
    const text = Buffer.from(payload, "base64url").toString();
    const digits = [...text.matchAll(/\d/g)].map(({ index }) => index);
    const at = digits[draw % digits.length] ?? 0;
    const changed = text.slice(0, at) + ((Number(text[at]) + 1) % 10) + text.slice(at + 1);
    return `${header}.${Buffer.from(changed).toString("base64url")}.${signature}`;
  },
  "a signature of another length": ({ header, payload, signature }, draw) => {
    const data = Buffer.from(signature, "base64url");
    const changed =
      draw % 2 === 0
        ? data.subarray(0, draw % data.length)
        : Buffer.concat([data, Buffer.alloc((draw % 9) + 1, draw % 256)]);
    return `${header}.${payload}.${changed.toString("base64url")}`;
  },
  "a signature of special numbers": ({ header, payload, signature }, draw) => {
    const { length } = Buffer.from(signature, "base64url");
    const numbers = [0n, 1n, order, order - 1n, order + 1n, 2n ** 256n - 1n];
    const half = (value: bigint): Buffer =>
      Buffer.from(value.toString(16).padStart(length, "0").slice(-length), "hex");
    const left = half(numbers[draw % numbers.length] ?? 0n);
    const right = half(numbers[Math.floor(draw / numbers.length) % numbers.length] ?? 0n);
    return `${header}.${payload}.${Buffer.concat([left, right]).toString("base64url")}`;
  },
  "the other s": ({ header, payload, signature }) => {
    const data = Buffer.from(signature, "base64url");
    const s = BigInt(`0x${data.subarray(32, 64).toString("hex")}`);
    const other = Buffer.from(
      ((order - (s % order)) % order).toString(16).padStart(64, "0"),
      "hex",
    );
    const changed = Buffer.concat([data.subarray(0, 32), other]);
    return `${header}.${payload}.${changed.toString("base64url")}`;
  },
  "a signature in DER": ({ header, payload, signature }) => {
    const data = Buffer.from(signature, "base64url");
    const integer = (value: Buffer): Buffer =>
      Buffer.concat([Buffer.from([0x02, value.length + 1, 0]), value]);
    const body = Buffer.concat([integer(data.subarray(0, 32)), integer(data.subarray(32, 64))]);
    const der = Buffer.concat([Buffer.from([0x30, body.length]), body]);
    return `${header}.${payload}.${der.toString("base64url")}`;
  },
  "another header": ({ header, payload, signature }, draw) => {
    const members = JSON.parse(Buffer.from(header, "base64url").toString()) as object;
    const change = headerChanges[draw % headerChanges.length];
    const changed = Buffer.from(JSON.stringify({ ...members, ...change })).toString("base64url");
    return `${changed}.${payload}.${signature}`;
  },
  "segments in another order": ({ header, payload, signature }, draw) => {
    const orders = [
      [payload, header, signature],
      [header, signature, payload],
      [header, payload],
      [header, payload, ""],
      [header, payload, signature, ""],
      [header, payload, signature, payload],
      ["", payload, signature],
      [header, "", signature],
    ];
    return (orders[draw % orders.length] ?? []).join(".");
  },
  "a stranger's signature": ({ header, payload }, draw) => {
    const input = `${header}.${payload}`;
    const options = { key: stranger, dsaEncoding: draw % 2 === 0 ? "der" : "ieee-p1363" } as const;
    return `${input}.${sign("sha256", Buffer.from(input), options).toString("base64url")}`;
  },
};

const headerChanges: readonly object[] = [
  { alg: "none" },
  { alg: "HS256" },
  { alg: "RS256" },
  { alg: "PS256" },
  { alg: "ES256" },
  { alg: "Ed25519" },
  { alg: "EdDSA" },
  { alg: "ES384" },
  { kid: undefined },
  { kid: "other" },
  { kid: 1 },
  { typ: "JWT" },
  { typ: "application/AT+JWT" },
  { crit: ["exp"] },
  { b64: false },
  { jwk: {} },
  { extra: "x" },
];

const stranger = createPrivateKey({
  // RFC 7515 appendix A.3.
  key: {
    kty: "EC",
    crv: "P-256",
    x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
  },
  format: "jwk",
});
