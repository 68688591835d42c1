import type { JsonWebKey } from "node:crypto";
import { createPublicKey } from "node:crypto";

import type {
  JwsTexts,
  SignatureAlgorithm,
  SignedTexts,
  VerificationKey,
} from "@credicorp/oauth-core";
import { bytes, signatureEngine } from "@credicorp/oauth-runtime";
import * as portable from "@credicorp/oauth-runtime/portable";
import { beforeAll, describe, expect, it } from "vitest";

const { verify } = signatureEngine;
const ofTexts = verify.ofTexts ?? (() => false);
const other = { signingInput: "e30.e30", signature: bytes.encodeBase64url(new Uint8Array(64)) };

function read({ signingInput, signature }: SignedTexts): JwsTexts | undefined {
  const dots = { first: signingInput.indexOf("."), second: signingInput.length };
  return bytes.readJws?.(`${signingInput}.${signature}`, dots);
}

interface Signer {
  readonly key: VerificationKey;
  readonly sign: (signingInput: string) => Promise<SignedTexts>;
}

async function createSigner(algorithm: SignatureAlgorithm): Promise<Signer> {
  const jwk = await signatureEngine.generateKeyPair(algorithm);
  const publicJwk = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }).export({
    format: "jwk",
  });
  const signingKey = await signatureEngine.importSigningKey(jwk, algorithm);
  const key = await signatureEngine.importVerificationKey(publicJwk as never, algorithm);
  if (!signingKey.ok || !key.ok) throw new Error("The key is not fit");
  return {
    key: key.value,
    sign: async (signingInput) => {
      const data = bytes.encodeUtf8(signingInput);
      const signature = await signatureEngine.sign(signingKey.value, data);
      return { signingInput, signature: bytes.encodeBase64url(signature) };
    },
  };
}

describe.each([
  "RS256",
  "PS256",
  "ES256",
  "ES384",
  "ES512",
  "Ed25519",
] satisfies SignatureAlgorithm[])("verify.ofTexts with %s", (algorithm) => {
  let signer: Signer;
  beforeAll(async () => {
    signer = await createSigner(algorithm);
  });

  it("gives the verdict that verify gives on the bytes", async () => {
    const { key, sign } = signer;
    const good = await sign("e30.eyJhIjoxfQ");
    const flip = (text: string): string => `${text.startsWith("A") ? "B" : "A"}${text.slice(1)}`;
    const cases = [
      good,
      { ...good, signingInput: "e30.eyJhIjoyfQ" },
      { ...good, signature: flip(good.signature) },
      { ...good, signature: good.signature.slice(0, -4) },
      { ...good, signature: `AAAA${good.signature}` },
      { ...good, signature: "AA" },
    ];

    const verdicts = cases.map((texts) => ofTexts(key, texts, false));
    const onBytes = cases.map(({ signingInput, signature }) =>
      verify(
        key,
        bytes.encodeUtf8(signingInput),
        bytes.decodeBase64url(signature) ?? new Uint8Array(),
      ),
    );

    expect(verdicts).toEqual(onBytes);
    expect(verdicts).toEqual([true, false, false, false, false, false]);
  });

  it("is not misled by what was decoded or verified in between", async () => {
    const { key, sign } = signer;
    const lengths = [1, 4094, 4095, 4096, 4097, 16_000];
    const all = await Promise.all(lengths.map((length) => sign("x".repeat(length))));

    for (const texts of [...all, ...all.toReversed()]) {
      expect(bytes.isBase64url?.(texts.signature)).toBe(true);
      expect(bytes.isBase64url?.(other.signature)).toBe(true);
      expect(read(other)).toMatchObject(other);
      expect(ofTexts(key, other, false)).toBe(false);
      expect(ofTexts(key, texts, false)).toBe(true);
      expect(read({ ...other, signature: texts.signature })).toMatchObject({ payload: "{}" });
      expect(ofTexts(key, texts, false)).toBe(true);
      expect(ofTexts(key, other, false)).toBe(false);
      expect(ofTexts(key, { ...texts, signature: other.signature }, false)).toBe(false);
    }
  });

  it("verifies what was read last, and is not misled by what was refused or altered since", async () => {
    const { key, sign } = signer;
    const first = await sign("e30.eyJhIjoxfQ");
    const second = await sign("e30.eyJhIjoyfQ");

    expect(read(first)).toEqual({ ...first, payload: '{"a":1}' });
    expect(ofTexts(key, first, false)).toBe(true);
    expect(ofTexts(key, { ...first, signature: second.signature }, false)).toBe(false);
    expect(ofTexts(key, { ...first, signingInput: second.signingInput }, false)).toBe(false);
    expect(read({ ...first, signature: `${second.signature}=` })).toBeUndefined();
    expect(ofTexts(key, first, false)).toBe(true);
    expect(read({ ...second, signingInput: "e30.eyJhIjoyf" })).toBeUndefined();
    expect(ofTexts(key, second, false)).toBe(true);
  });

  it("verifies a token with a signing input that is long, after it was read", async () => {
    const { key, sign } = signer;
    for (const length of [4088, 4092, 4096, 12_000]) {
      const good = await sign(`e30.${"A".repeat(length)}`);
      const bad = { ...good, signingInput: `${good.signingInput.slice(0, -1)}Q` };

      expect(read(good)).toMatchObject(good);
      expect([ofTexts(key, good, false), ofTexts(key, bad, false)]).toEqual([true, false]);
    }
  });

  const isSlow = algorithm === "ES384" || algorithm === "ES512";
  const placing = isSlow ? "two at once and the others on the thread pool" : "all at once";
  it(`verifies ${placing}, for callers that may wait`, async () => {
    const { key, sign } = signer;
    const good = await sign("e30.e30");
    const bad = { ...good, signingInput: "e30.e31" };

    const verdicts = Array.from({ length: 20 }, (_, index) =>
      ofTexts(key, index % 2 === 0 ? good : bad, true),
    );
    const cannotWait = ofTexts(key, good, false);
    const later = verdicts.map((verdict) => verdict instanceof Promise);
    await Promise.resolve();
    const afterwards = ofTexts(key, good, true);

    expect(later).toEqual(verdicts.map((_, index) => isSlow && index >= 2));
    expect(await Promise.all(verdicts.map(async (verdict) => verdict))).toEqual(
      verdicts.map((_, index) => index % 2 === 0),
    );
    expect(cannotWait).toBe(true);
    expect(afterwards).toBe(true);
  });
});

describe("isBase64url (node)", () => {
  it.each([
    "",
    "A",
    "AA",
    "AB",
    "AAA",
    "AAB",
    "AAAA",
    "AA==",
    "AA+A",
    "AA/A",
    "AA A",
    "AAA\n",
    "AAé0",
    // Taken for an A by those who look at the last eight bits.
    "AA\u0141A",
    "\u0141\u0141\u0141\u0141",
    "AA\u{1F600}",
    "\ud800AAA",
    "A".repeat(1024),
    `${"A".repeat(1023)}\u0141`,
    `${"A".repeat(1022)}\u{1F600}`,
    "A".repeat(1028),
    `${"A".repeat(1026)}AB`,
  ])("ATK-19 tells of text %# what decoding would", (text) => {
    const isCanonical = portable.bytes.decodeBase64url(text) !== undefined;

    expect(bytes.isBase64url?.(text)).toBe(isCanonical);
    expect(bytes.decodeBase64urlUtf8?.(text) !== undefined).toBe(isCanonical);
  });
});
