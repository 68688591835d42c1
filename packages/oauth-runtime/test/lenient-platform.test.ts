import type {
  MaybePromise,
  SignatureAlgorithm,
  SignatureEngine,
  VerificationKey,
} from "@credicorp/oauth-core";
import type { PublicJwk } from "@credicorp/oauth-core/protocol";
import { toPublicJwk } from "@credicorp/oauth-core/protocol";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";

// Signs and imports as ever, and calls every signature good: what is refused, we refuse.
vi.mock("node:crypto", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  verify: (...parameters: unknown[]) => {
    const done = parameters.at(-1);
    if (typeof done === "function") done(null, true);
    return true;
  },
}));

const { bytes, signatureEngine: onNode } = await import("@credicorp/oauth-runtime");
const { signatureEngine: portable } = await import("@credicorp/oauth-runtime/portable");

const signingInput = "e30.e30";
const data = bytes.encodeUtf8(signingInput);

type Verify = (
  key: VerificationKey,
  signatures: readonly Uint8Array[],
) => readonly MaybePromise<boolean>[];

function ofTexts(mayWait: boolean): Verify {
  return (key, signatures) =>
    signatures.map((signature) => {
      const texts = { signingInput, signature: bytes.encodeBase64url(signature) };
      return onNode.verify.ofTexts?.(key, texts, mayWait) ?? true;
    });
}

const ways: readonly { name: string; engine: SignatureEngine; verify: Verify }[] = [
  {
    name: "by Node",
    engine: onNode,
    verify: (key, signatures) => signatures.map((text) => onNode.verify(key, data, text)),
  },
  { name: "by Node, as text", engine: onNode, verify: ofTexts(false) },
  { name: "by Node, as text, on the thread pool too", engine: onNode, verify: ofTexts(true) },
  {
    name: "by WebCrypto",
    engine: portable,
    verify: (key, signatures) => signatures.map((text) => portable.verify(key, data, text)),
  },
];

function toInteger(bigEndian: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bigEndian).toString("hex")}`);
}

function toBytes(integer: bigint, length: number): Uint8Array {
  return Buffer.from(integer.toString(16).padStart(length * 2, "0"), "hex");
}

afterEach(() => {
  vi.restoreAllMocks();
});

// Checks with the longer ones go to the thread pool when there are many.
describe.each([
  { algorithm: "RS256", length: 256 },
  { algorithm: "PS256", length: 256 },
  { algorithm: "PS256", length: 768 },
] satisfies { algorithm: SignatureAlgorithm; length: number }[])(
  "an RSA signature with $algorithm of $length bytes, where the platform takes any",
  ({ algorithm, length }) => {
    let jwk: PublicJwk;
    beforeAll(async () => {
      const made = toPublicJwk(await onNode.generateKeyPair(algorithm));
      // A key of many bits takes long to make, and nobody signs here.
      const modulus = toInteger(Buffer.from(made.n ?? "", "base64url")) ** BigInt(length / 256);
      jwk = { ...made, n: bytes.encodeBase64url(toBytes(modulus, length)) };
    });

    it.each(ways)(
      "ATK-10 must be as long as the modulus and a smaller number, $name",
      async ({ engine, verify }) => {
        vi.spyOn(crypto.subtle, "verify").mockResolvedValue(true);
        const key = await engine.importVerificationKey(jwk, algorithm);
        if (!key.ok) throw new Error(key.failure);
        const modulus = toInteger(Buffer.from(jwk.n ?? "", "base64url"));
        const signatures = [
          { signature: toBytes(1n, length), isGood: true },
          { signature: toBytes(modulus - 1n, length), isGood: true },
          { signature: toBytes(modulus, length), isGood: false },
          { signature: toBytes(modulus + 1n, length), isGood: false },
          { signature: toBytes(2n ** BigInt(length * 8) - 1n, length), isGood: false },
          { signature: toBytes(1n, length - 1), isGood: false },
          { signature: toBytes(1n, length + 1), isGood: false },
        ];
        // More than are verified at once.
        const many = [...signatures, ...signatures, ...signatures];

        const verdicts = verify(
          key.value,
          many.map(({ signature }) => signature),
        );

        expect(await Promise.all(verdicts.map(async (verdict) => verdict))).toEqual(
          many.map(({ isGood }) => isGood),
        );
      },
    );
  },
);

describe("a point, where the platform imports any", () => {
  it.each(["ES256", "ES384", "ES512"] satisfies SignatureAlgorithm[])(
    "ATK-06 must lie on the curve of %s",
    async (algorithm) => {
      const good = toPublicJwk(await onNode.generateKeyPair(algorithm));
      const [x, y] = [good.x ?? "", good.y ?? ""].map((text) => Buffer.from(text, "base64url"));
      if (x === undefined || y === undefined) throw new Error("a coordinate is missing");
      vi.spyOn(crypto.subtle, "importKey").mockResolvedValue({} as never);
      const primes: Record<string, bigint> = {
        ES256: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
        ES384: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
        ES512: 2n ** 521n - 1n,
      };
      const prime = primes[algorithm] ?? 0n;
      const point = (across: bigint, up: bigint): PublicJwk => ({
        ...good,
        x: bytes.encodeBase64url(toBytes(across, x.length)),
        y: bytes.encodeBase64url(toBytes(up, y.length)),
      });
      const [across, up] = [toInteger(x), toInteger(y)];

      const verdicts = await Promise.all(
        [
          good,
          point(across, prime - up),
          point(across, up ^ 1n),
          point(up, across),
          point(0n, 0n),
          point(prime, prime),
          point(across, prime),
        ].map(async (jwk) => (await portable.importVerificationKey(jwk, algorithm)).ok),
      );

      expect(verdicts).toEqual([true, true, false, false, false, false, false]);
    },
  );
});

it.each(["ES256", "ES384", "ES512", "Ed25519", "RS256", "PS256"] satisfies SignatureAlgorithm[])(
  "ATK-07 a signature of %s that has not the right length is refused, where the platform throws",
  async (algorithm) => {
    const jwk = toPublicJwk(await onNode.generateKeyPair(algorithm));
    const key = await portable.importVerificationKey(jwk, algorithm);
    if (!key.ok) throw new Error(key.failure);
    vi.spyOn(crypto.subtle, "verify").mockRejectedValue(new Error("Invalid signature length"));
    const lengths = { ES256: 64, ES384: 96, ES512: 132, Ed25519: 64, RS256: 256, PS256: 256 };
    const length = lengths[algorithm];

    const verdicts = await Promise.all(
      [0, length / 2, length - 1, length + 1, length * 2].map(async (bytesOfIt) =>
        portable.verify(key.value, data, new Uint8Array(bytesOfIt)),
      ),
    );

    expect(verdicts).toEqual([false, false, false, false, false]);
    await expect(portable.verify(key.value, data, new Uint8Array(length))).rejects.toThrow(
      "Invalid signature length",
    );
  },
);
