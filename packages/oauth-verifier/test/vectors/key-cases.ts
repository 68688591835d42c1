import { createHmac } from "node:crypto";

import { claims, header } from "./base-token.ts";
import { goodBlock } from "./padding-forgeries.ts";
import type { Case, CaseGroup, TestJwk } from "./vector-file.ts";
import type { VectorSigner } from "./vector-signer.ts";
import { encode, vectorSigner } from "./vector-signer.ts";

/** Keys that must not be used: the tokens have the signatures that such a key verifies. */
export function keyGroups(): readonly CaseGroup[] {
  const rsa = vectorSigner("RS256");
  const ec = vectorSigner("ES256");
  const large = vectorSigner("ES384");
  const short = vectorSigner("shortRsa");
  const roca = vectorSigner("rocaRsa");
  const { alg: _alg, ...unbound } = rsa.publicJwk as TestJwk & { readonly alg: string };
  return [
    group("RSA of 1024 bits", { owner: short, key: short.publicJwk }, [
      [...token(short, "RS256"), "ATK-06"],
    ]),
    group("RSA of the weak generator (ROCA)", { owner: roca, key: roca.publicJwk }, [
      [...token(roca, "RS256"), "ATK-06"],
    ]),
    group("RSA with exponent one", { owner: rsa, key: { ...rsa.publicJwk, e: "AQ" } }, [
      exponentOne(rsa),
    ]),
    group("RSA with an even exponent", { owner: rsa, key: { ...rsa.publicJwk, e: "AQAC" } }, [
      [...token(rsa, "RS256"), "ATK-06"],
    ]),
    group(
      "a point off the curve",
      { owner: ec, key: { ...ec.publicJwk, y: ec.publicJwk["x"] ?? "" } },
      [[...token(ec, "ES256"), "ATK-06"]],
    ),
    group(
      "the point (0, 0)",
      {
        owner: ec,
        key: { ...ec.publicJwk, x: encode(Buffer.alloc(32)), y: encode(Buffer.alloc(32)) },
      },
      [[...token(ec, "ES256"), "ATK-06"]],
    ),
    group(
      "a coordinate that is cut",
      { owner: ec, key: { ...ec.publicJwk, x: String(ec.publicJwk["x"]).slice(0, -2) } },
      [[...token(ec, "ES256"), "ATK-06"]],
    ),
    group(
      "a P-384 key that says ES256",
      { owner: large, key: { ...large.publicJwk, alg: "ES256" } },
      [
        [...token(large, "ES256", "ES384"), "ATK-05"],
        ["ES384, as the curve says", large.jws(header("ES384"), claims), "ATK-05"],
      ],
    ),
    group("an RSA key that says ES256", { owner: rsa, key: { ...rsa.publicJwk, alg: "ES256" } }, [
      [...token(rsa, "ES256", "RS256"), "ATK-05"],
    ]),
    group("an RSA key that says HS256", { owner: rsa, key: { ...rsa.publicJwk, alg: "HS256" } }, [
      [...token(rsa, "RS256"), "ATK-02"],
    ]),
    group("an RSA key that says none", { owner: rsa, key: { ...rsa.publicJwk, alg: "none" } }, [
      [...token(rsa, "none", "RS256"), "ATK-01"],
      ["without a signature", `${encode(header("none"))}.${encode(claims)}.`, "ATK-01"],
    ]),
    group("an RSA key that names no algorithm", { owner: rsa, key: unbound }, [
      [...token(rsa, "RS256"), "ATK-03", "acceptable"],
      ["PS256", rsa.jws(header("PS256"), claims, "PS256"), "ATK-03", "acceptable"],
      ["RS512", rsa.jws(header("RS512"), claims, "RS512"), "ATK-03", "acceptable"],
    ]),
    group("a key for encryption", { owner: ec, key: { ...ec.publicJwk, use: "enc" } }, [
      [...token(ec, "ES256"), "ATK-05"],
    ]),
    group(
      "a key for other operations",
      { owner: ec, key: { ...ec.publicJwk, key_ops: ["deriveBits"] } },
      [[...token(ec, "ES256"), "ATK-05"]],
    ),
    group("a private key that is published", { owner: ec, key: ec.jwk }, [
      [...token(ec, "ES256"), "ATK-05", "acceptable"],
    ]),
    symmetricGroup(
      "a symmetric key that is published",
      encode("a secret of thirty-two bytes or more"),
      "ATK-05 ATK-02",
    ),
    symmetricGroup("a symmetric key of no bytes", "", "ATK-04"),
  ];
}

/** An Ed25519 key for which anybody makes signatures. */
export function edwardsKeyGroups(): readonly CaseGroup[] {
  const signer = vectorSigner("Ed25519");
  const neutral = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]);
  const input = `${encode(header("Ed25519"))}.${encode(claims)}`;
  const forged = `${input}.${encode(Buffer.concat([neutral, Buffer.alloc(32)]))}`;
  return [
    group(
      "the neutral element for a key",
      { owner: signer, key: { ...signer.publicJwk, x: encode(neutral) } },
      [["a signature that nobody made", forged, "ATK-06"]],
    ),
    group("an X25519 key", { owner: signer, key: { ...signer.publicJwk, crv: "X25519" } }, [
      [...token(signer, "Ed25519"), "ATK-05"],
    ]),
  ];
}

function group(
  comment: string,
  { owner, key }: { readonly owner: Pick<VectorSigner, "jwk">; readonly key: TestJwk },
  cases: readonly Case[],
): CaseGroup {
  return { comment, private: owner.jwk, public: key, cases };
}

function token(
  signer: VectorSigner,
  alg: string,
  signedWith = alg,
): [comment: string, jws: string] {
  return [alg, signer.jws(header(alg), claims, signedWith)];
}

function exponentOne(signer: VectorSigner): Case {
  const input = `${encode(header("RS256"))}.${encode(claims)}`;
  const block = goodBlock(input, Buffer.from(String(signer.jwk["n"]), "base64url"));
  return ["the padded hash itself", `${input}.${encode(block)}`, "ATK-06 ATK-10"];
}

function symmetricGroup(comment: string, secret: string, flags: string): CaseGroup {
  const jwk: TestJwk = { kty: "oct", k: secret, kid: "test-key", alg: "HS256" };
  const input = `${encode(header("HS256"))}.${encode(claims)}`;
  const mac = createHmac("sha256", Buffer.from(secret, "base64url")).update(input).digest();
  return group(comment, { owner: { jwk }, key: jwk }, [
    ["HS256", `${input}.${encode(mac)}`, flags],
  ]);
}
