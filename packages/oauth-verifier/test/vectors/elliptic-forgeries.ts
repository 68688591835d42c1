import type { Verdict } from "./vector-file.ts";

const orders: Readonly<Record<string, bigint>> = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384:
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ES512:
    0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
};

type Forgery = readonly [
  comment: string,
  bytes: Buffer,
  flags: string,
  result?: Verdict | undefined,
];

/** Signatures that a careless check of r and s lets pass, made from a good one. */
export function ellipticForgeries(signature: Buffer, alg: string): readonly Forgery[] {
  const n = orders[alg] ?? 0n;
  const size = signature.length / 2;
  const [r, s] = [toNumber(signature.subarray(0, size)), toNumber(signature.subarray(size))];
  const pair = (first: bigint, second: bigint, bytes = size): Buffer =>
    Buffer.concat([toBytes(first, bytes), toBytes(second, bytes)]);
  const values: readonly (readonly [name: string, value: bigint])[] = [
    ["0", 0n],
    ["1", 1n],
    ["n - 1", n - 1n],
    ["n", n],
    ["n + 1", n + 1n],
    ["all ones", (1n << BigInt(8 * size)) - 1n],
  ];
  const pairs = values.flatMap(([first, left]) =>
    values.map(([second, right]): Forgery => [
      `r = ${first}, s = ${second}`,
      pair(left, right),
      "ATK-07",
    ]),
  );
  const twin = n - s;
  return [
    ...pairs,
    ...values.map(([name, value]): Forgery => [`a good r, s = ${name}`, pair(r, value), "ATK-07"]),
    ...values.map(([name, value]): Forgery => [`r = ${name}, a good s`, pair(value, s), "ATK-07"]),
    // Once the larger of both, once the smaller.
    ["the other s of the same signature", pair(r, twin), "ATK-09", "valid"],
    ["r and s exchanged", pair(s, r), "ATK-07"],
    ["n - r", pair(n - r, s), "ATK-07"],
    ["r and s of one byte more", pair(r, s, size + 1), "ATK-07"],
    ["r plus n, of one byte more", pair(r + n, s, size + 1), "ATK-07"],
    [
      "r and s, and zeros of the same length",
      Buffer.concat([signature, Buffer.alloc(2 * size)]),
      "ATK-07",
    ],
    ["r alone", signature.subarray(0, size), "ATK-07"],
    ["r and s of one byte each", Buffer.of(0, 0), "ATK-07"],
  ];
}

/** The same signature as ASN.1. */
export function derSignature(signature: Buffer): Buffer {
  const size = signature.length / 2;
  const integers = [signature.subarray(0, size), signature.subarray(size)].map((bytes) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const magnitude = bytes.subarray(start);
    const content =
      (magnitude[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude;
    return Buffer.concat([Buffer.of(2, content.length), content]);
  });
  const body = Buffer.concat(integers);
  const length = body.length > 0x7f ? Buffer.of(0x81, body.length) : Buffer.of(body.length);
  return Buffer.concat([Buffer.of(0x30), length, body]);
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

function toBytes(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");
}
