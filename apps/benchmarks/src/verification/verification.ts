import type { KeyObject } from "node:crypto";
import { verify } from "node:crypto";
import type { Verifier } from "@credicorp/oauth-verifier";
import type { Band, Benchmark } from "../benchmark.ts";
import { createBenchmarkVerifier } from "./benchmark-verifier.ts";
import type { MeasuredAlgorithm } from "./signed-tokens.ts";
import { createTokenSigner } from "./signed-tokens.ts";

const tokensPerRound: Readonly<Record<MeasuredAlgorithm, number>> = { ES256: 1500, RS256: 1000 };

/** Access tokens verified one after the other, each seen for the first time. */
export function verificationOf(algorithm: MeasuredAlgorithm, band: Band): Benchmark {
  return {
    name: `tokens verified, ${algorithm}, each new`,
    unit: "tokens/s",
    limit: "one synchronous crypto.verify",
    band,
    start: async () => {
      const signer = createTokenSigner(algorithm);
      const verifier = await createBenchmarkVerifier([signer.publicJwk]);
      // Never the same tokens twice: neither a cache nor the branch predictor may know them.
      const makeTokens = (): readonly string[] => signer.makeTokens(tokensPerRound[algorithm]);
      return {
        measureOurs: () => measureVerifier(verifier, makeTokens()),
        measureLimit: async () => measureSignatureCheck(signer.publicKey, makeTokens()),
        close: async () => verifier.close(),
      };
    },
  };
}

async function measureVerifier(verifier: Verifier, tokens: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  for (const token of tokens) {
    const outcome = await verifier.verifyToken(token);
    if (outcome.kind !== "ok") throw new Error("The verifier refused a good token");
  }
  return (tokens.length * 1000) / (performance.now() - startedAtMs);
}

function measureSignatureCheck(publicKey: KeyObject, tokens: readonly string[]): number {
  const key = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
  const prepared = tokens.map((token) => {
    const end = token.lastIndexOf(".");
    return {
      signingInput: Buffer.from(token.slice(0, end)),
      signature: Buffer.from(token.slice(end + 1), "base64url"),
    };
  });

  const startedAtMs = performance.now();
  for (const { signingInput, signature } of prepared) {
    if (!verify("sha256", signingInput, key, signature)) throw new Error("A signature is bad");
  }
  return (tokens.length * 1000) / (performance.now() - startedAtMs);
}
