import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import type { SignatureAlgorithm } from "@credicorp/oauth-core";
import type { PrivateJwk, PublicJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { bytes, signatureEngine as nodeEngine } from "@credicorp/oauth-runtime";
import { signatureEngine as portableEngine } from "@credicorp/oauth-runtime/portable";

const algorithms: readonly SignatureAlgorithm[] = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "Ed25519",
];
const engines = [
  { name: "node", engine: nodeEngine, other: portableEngine },
  { name: "portable", engine: portableEngine, other: nodeEngine },
];
const input = bytes.encodeUtf8("eyJhbGciOiJub25lIn0.e30");

function base64url(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64url");
}

// Not the synchronous form: exporting its keys as JWKs deadlocks Node 20 now and then.
const generate = promisify(generateKeyPair);
const shortRsa = await rsa(1024);
const rsaKey = await rsa(2048);
const ec = (await generate("ec", { namedCurve: "P-256" })).publicKey.export({
  format: "jwk",
}) as PublicJwk;

const privateEc: PublicJwk = await nodeEngine.generateKeyPair("ES256");
const evenModulus = changeLastByte(rsaKey.n ?? "", (byte) => byte & 0xfe);

function changeLastByte(text: string, change: (byte: number) => number): string {
  const data = Buffer.from(text, "base64url");
  data[data.length - 1] = change(data.at(-1) ?? 0);
  return data.toString("base64url");
}

/** A modulus of 2048 bits, of the form that the generator of CVE-2017-15361 gives both primes. */
function rocaModulus(): string {
  let product = 1n;
  for (let prime = 2n, count = 0; count < 126; prime += 1n) {
    if (product % prime !== 0n && isPrime(prime)) {
      product *= prime;
      count += 1;
    }
  }
  const factor = (offset: bigint, exponent: number): bigint => {
    const power = 65_537n ** BigInt(exponent) % product;
    return ((3n << 1022n) / product + offset) * product + power;
  };
  const hex = (factor(5n, 11) * factor(9n, 23)).toString(16);
  return base64url(hex.length % 2 === 0 ? hex : `0${hex}`);
}

function isPrime(candidate: bigint): boolean {
  for (let divisor = 2n; divisor * divisor <= candidate; divisor += 1n) {
    if (candidate % divisor === 0n) return false;
  }
  return true;
}

function smallOrder(start: string): string {
  if (start === "ec") return `ec${"ff".repeat(30)}7f`;
  return start.padEnd(64, "0");
}

async function rsa(modulusLength: number): Promise<PublicJwk> {
  const { publicKey } = await generate("rsa", { modulusLength });
  return publicKey.export({ format: "jwk" }) as PublicJwk;
}

describe.each(engines)("signature engine ($name)", ({ engine, other }) => {
  it.each(algorithms)(
    "makes a key and signs with %s what the other engine verifies",
    async (algorithm) => {
      const jwk = await engine.generateKeyPair(algorithm);
      const signingKey = await engine.importSigningKey(jwk, algorithm);
      const verificationKey = await other.importVerificationKey(toPublicJwk(jwk), algorithm);
      if (!signingKey.ok || !verificationKey.ok) throw new Error("a generated key was refused");

      const signature = await engine.sign(signingKey.value, input);

      expect(await other.verify(verificationKey.value, input, signature)).toBe(true);
      expect(await other.verify(verificationKey.value, bytes.encodeUtf8("other"), signature)).toBe(
        false,
      );
      signature[0] = (signature[0] ?? 0) ^ 1;
      expect(await other.verify(verificationKey.value, input, signature)).toBe(false);
    },
  );

  it.each(algorithms)(
    "answers false for signatures of impossible length with %s",
    async (algorithm) => {
      const jwk = await nodeEngine.generateKeyPair(algorithm);
      const key = await engine.importVerificationKey(toPublicJwk(jwk), algorithm);
      if (!key.ok) throw new Error("a generated key was refused");

      for (const length of [0, 1, 63, 65, 4096]) {
        expect(await engine.verify(key.value, input, new Uint8Array(length))).toBe(false);
      }
    },
  );

  it("ATK-07 answers false for ECDSA signatures with r or s of zero", async () => {
    const jwk = await nodeEngine.generateKeyPair("ES256");
    const key = await engine.importVerificationKey(toPublicJwk(jwk), "ES256");
    if (!key.ok) throw new Error("a generated key was refused");

    expect(await engine.verify(key.value, input, new Uint8Array(64))).toBe(false);
  });

  it("verifies the example of RFC 8037 appendix A.4", async () => {
    const jwk = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
    const key = await engine.importVerificationKey(jwk, "Ed25519");
    if (!key.ok) throw new Error(key.failure);
    const signingInput = bytes.encodeUtf8(
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
    );
    const signature = bytes.decodeBase64url(
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );

    expect(await engine.verify(key.value, signingInput, signature ?? new Uint8Array())).toBe(true);
  });

  it.each<{ name: string; jwk: PublicJwk; algorithm: SignatureAlgorithm }>([
    { name: "ATK-06 RSA of 1024 bits", jwk: shortRsa, algorithm: "RS256" },
    {
      name: "ATK-06 an exponent of 1",
      jwk: { ...rsaKey, e: "AQ" },
      algorithm: "RS256",
    },
    {
      name: "ATK-06 an even exponent",
      jwk: { ...rsaKey, e: "AQAC" },
      algorithm: "RS256",
    },
    { name: "ATK-06 a point off the curve", jwk: { ...ec, y: ec.x }, algorithm: "ES256" },
    { name: "ATK-06 an even modulus", jwk: { ...rsaKey, n: evenModulus }, algorithm: "RS256" },
    {
      name: "ATK-06 an exponent as long as the modulus",
      jwk: { ...rsaKey, e: rsaKey.n },
      algorithm: "PS256",
    },
    {
      name: "ATK-06 a modulus of the weak generator (ROCA)",
      jwk: { ...rsaKey, n: rocaModulus() },
      algorithm: "RS256",
    },
    ...["01", "ec", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"].map(
      (start) => ({
        name: `ATK-06 an Ed25519 point of small order (${start.slice(0, 2)}…)`,
        jwk: { kty: "OKP", crv: "Ed25519", x: base64url(smallOrder(start)) },
        algorithm: "Ed25519" as const,
      }),
    ),
    {
      name: "ATK-05 a private key",
      jwk: privateEc,
      algorithm: "ES256",
    },
    {
      name: "ATK-02 a PEM text",
      jwk: "-----BEGIN PUBLIC KEY-----" as unknown as PublicJwk,
      algorithm: "ES256",
    },
    {
      name: "ATK-02 ATK-04 a symmetric key, even one of no bytes",
      jwk: { kty: "oct", k: "" } as PublicJwk,
      algorithm: "RS256",
    },
    { name: "ATK-05 a P-256 key for ES384", jwk: ec, algorithm: "ES384" },
    { name: "ATK-05 an EC key for RS256", jwk: ec, algorithm: "RS256" },
    { name: "ATK-05 a key whose alg is another", jwk: { ...ec, alg: "ES384" }, algorithm: "ES256" },
    {
      name: "a coordinate that is cut",
      jwk: { ...ec, x: base64url("00".repeat(31)) },
      algorithm: "ES256",
    },
    { name: "a coordinate that is missing", jwk: { ...ec, y: undefined }, algorithm: "ES256" },
    {
      name: "a modulus that is not base64url",
      jwk: { kty: "RSA", n: "***", e: "AQAB" },
      algorithm: "RS256",
    },
    {
      name: "a modulus with leading zeros",
      jwk: { kty: "RSA", n: base64url("00".repeat(256)), e: "AQAB" },
      algorithm: "RS256",
    },
  ])("$name is refused", async ({ jwk, algorithm }) => {
    const key = await engine.importVerificationKey(jwk, algorithm);

    expect(key).toMatchObject({ ok: false, failure: expect.any(String) });
  });

  it.each(["RS256", "PS256"] as const)(
    "refuses an %s signature without the zero that it begins with",
    async (algorithm) => {
      const jwk = await engine.generateKeyPair(algorithm);
      const signer = await nodeEngine.importSigningKey(jwk, algorithm);
      const key = await engine.importVerificationKey(toPublicJwk(jwk), algorithm);
      if (!signer.ok || !key.ok) throw new Error("the key is refused");
      // One signature in 256 begins with a zero.
      for (let count = 0; ; count += 1) {
        const text = bytes.encodeUtf8(`text ${count}`);
        const signature = await nodeEngine.sign(signer.value, text);
        if (signature[0] !== 0) continue;

        expect(await engine.verify(key.value, text, signature)).toBe(true);
        expect(await engine.verify(key.value, text, signature.subarray(1))).toBe(false);
        break;
      }
    },
  );

  it("refuses a public key for signing", async () => {
    expect((await engine.importSigningKey(ec as PrivateJwk, "ES256")).ok).toBe(false);
  });
});

describe("signature engine (node)", () => {
  it("verifies at once, without a promise", async () => {
    const jwk = await nodeEngine.generateKeyPair("ES256");
    const key = await nodeEngine.importVerificationKey(toPublicJwk(jwk), "ES256");
    if (!key.ok) throw new Error(key.failure);

    expect(nodeEngine.verify(key.value, input, new Uint8Array(64))).toBe(false);
  });
});
