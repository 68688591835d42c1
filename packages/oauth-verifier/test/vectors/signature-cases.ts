import { constants, createHash, createPrivateKey, sign } from "node:crypto";

import { foreignKeys, otherAlgorithms } from "./algorithm-cases.ts";
import { claims, header } from "./base-token.ts";
import { derSignature, ellipticForgeries } from "./elliptic-forgeries.ts";
import { goodBlock, paddingForgeries } from "./padding-forgeries.ts";
import type { Case, CaseGroup } from "./vector-file.ts";
import type { VectorSigner } from "./vector-signer.ts";
import { encode, vectorSigner } from "./vector-signer.ts";

/** Tokens of good form whose signature proves nothing. */
export function signatureGroups(names: readonly string[]): readonly CaseGroup[] {
  return names.map((name) => {
    const signer = vectorSigner(name);
    const attacker = vectorSigner(`attacker${name}`);
    return {
      comment: `the signature of the token (${name})`,
      private: signer.jwk,
      public: signer.publicJwk,
      cases: [
        ...changedSignatures(signer, attacker),
        ...otherAlgorithms(signer),
        ...foreignKeys(signer, attacker),
        ...(name.startsWith("ES") ? ellipticCases(signer) : []),
        ...(name.startsWith("RS") ? paddingCases(signer) : []),
        ...(name.startsWith("PS") ? pssCases(signer) : []),
        ...(name === "Ed25519" ? edwardsCases(signer) : []),
      ],
    };
  });
}

function changedSignatures(signer: VectorSigner, attacker: VectorSigner): readonly Case[] {
  const { alg, input, good, signature } = parts(signer);
  const bytes = (value: Uint8Array): string => `${input}.${encode(Buffer.from(value))}`;
  const flipped = (index: number): string => {
    const copy = Buffer.from(signature);
    copy[index] = (copy[index] ?? 0) ^ 1;
    return bytes(copy);
  };
  const other = { ...claims, scope: "admin" };
  return [
    ["a good token", good, "", "valid"],
    ["another good token", signer.jws(header(alg), { ...claims, jti: "7a20" }), "", "valid"],
    ["the first bit of the signature is another", flipped(0), ""],
    ["a bit in the middle is another", flipped(signature.length >> 1), ""],
    ["the last bit is another", flipped(signature.length - 1), ""],
    ["no signature", `${input}.`, "ATK-01"],
    ["half a signature", bytes(signature.subarray(0, signature.length >> 1)), ""],
    ["a byte too few", bytes(signature.subarray(0, -1)), ""],
    ["a byte of zero behind", bytes(Buffer.concat([signature, Buffer.of(0)])), ""],
    ["a byte of zero in front", bytes(Buffer.concat([Buffer.of(0), signature])), ""],
    ["the signature twice", bytes(Buffer.concat([signature, signature])), ""],
    ["the signature backwards", bytes(reversed(signature)), ""],
    ["zeros", bytes(Buffer.alloc(signature.length)), "ATK-07"],
    ["ones", bytes(Buffer.alloc(signature.length, 0xff)), "ATK-07"],
    ["the hash of the token", bytes(createHash("sha256").update(input).digest()), ""],
    ["other claims", `${encode(header(alg))}.${encode(other)}.${encode(signature)}`, ""],
    [
      "another header",
      `${encode({ ...header(alg), x: 1 })}.${encode(claims)}.${encode(signature)}`,
      "",
    ],
    [
      "a header in other white space",
      `${encode(JSON.stringify(header(alg), undefined, 1))}.${encode(claims)}.${encode(signature)}`,
      "",
    ],
    ["another key of the same kid", attacker.jws(header(alg), claims), "ATK-15 ATK-17"],
    [
      "another key, another issuer",
      attacker.jws(header(alg), { ...claims, iss: "https://evil.example" }),
      "ATK-14",
    ],
  ];
}

function ellipticCases(signer: VectorSigner): readonly Case[] {
  const { input, signature } = parts(signer);
  const forgeries = ellipticForgeries(signature, String(signer.jwk["alg"]));
  return [
    ...forgeries.map(([comment, bytes, flags, result]): Case => [
      comment,
      `${input}.${encode(bytes)}`,
      flags,
      result,
    ]),
    ["the signature in DER", `${input}.${encode(derSignature(signature))}`, "ATK-08"],
    [
      "the signature in DER, with a byte behind",
      `${input}.${encode(Buffer.concat([derSignature(signature), Buffer.of(0)]))}`,
      "ATK-08",
    ],
  ];
}

function paddingCases(signer: VectorSigner): readonly Case[] {
  const { input, signature } = parts(signer);
  const modulus = Buffer.from(String(signer.jwk["n"]), "base64url");
  const key = createPrivateKey({ key: signer.jwk as never, format: "jwk" });
  const salted = sign("sha256", Buffer.from(input), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: 0,
  });
  return [
    ...paddingForgeries(input, modulus).map(([comment, block]): Case => [
      comment,
      `${input}.${encode(signer.raw(block))}`,
      "ATK-10",
    ]),
    [
      "the block itself, as with exponent one",
      `${input}.${encode(goodBlock(input, modulus))}`,
      "ATK-10 ATK-06",
    ],
    ["the signature plus the modulus", `${input}.${encode(added(signature, modulus))}`, "ATK-10"],
    ["a signature of PSS", `${input}.${encode(salted)}`, "ATK-10 ATK-05"],
  ];
}

function pssCases(signer: VectorSigner): readonly Case[] {
  const { input, signature } = parts(signer);
  const key = createPrivateKey({ key: signer.jwk as never, format: "jwk" });
  const unsalted = sign("sha256", Buffer.from(input), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: 0,
  });
  const plain = sign("sha256", Buffer.from(input), key);
  const modulus = Buffer.from(String(signer.jwk["n"]), "base64url");
  return [
    ["a salt of no bytes (RFC 7518 section 3.5)", `${input}.${encode(unsalted)}`, "ATK-10"],
    ["a signature of PKCS #1 v1.5", `${input}.${encode(plain)}`, "ATK-10 ATK-05"],
    ["the signature plus the modulus", `${input}.${encode(added(signature, modulus))}`, "ATK-10"],
  ];
}

function edwardsCases(signer: VectorSigner): readonly Case[] {
  const { alg, input, signature } = parts(signer);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${reversed(signature.subarray(32)).toString("hex")}`);
  const plusOrder = reversed(Buffer.from((s + order).toString(16).padStart(64, "0"), "hex"));
  const identity = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]);
  return [
    [
      "EdDSA, the older name",
      signer.jws({ ...header(alg), alg: "EdDSA" }, claims),
      "ATK-05",
      "valid",
    ],
    [
      "s plus the order of the group",
      `${input}.${encode(Buffer.concat([signature.subarray(0, 32), plusOrder]))}`,
      "ATK-07",
    ],
    ["the neutral element and s of zero", `${input}.${encode(identity)}`, "ATK-07"],
  ];
}

function reversed(bytes: Buffer): Buffer {
  return Buffer.from([...bytes].toReversed());
}

function added(signature: Buffer, modulus: Buffer): Buffer {
  const sum = BigInt(`0x${signature.toString("hex")}`) + BigInt(`0x${modulus.toString("hex")}`);
  const hex = sum.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function parts(signer: VectorSigner) {
  const alg = String(signer.jwk["alg"]);
  const input = `${encode(header(alg))}.${encode(claims)}`;
  const signature = signer.signature(input);
  return { alg, input, signature, good: `${input}.${encode(signature)}` };
}
