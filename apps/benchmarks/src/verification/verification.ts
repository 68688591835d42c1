import { verify } from "node:crypto";
import type { Verifier } from "@credicorp/oauth-verifier";

import type { Band, Benchmark } from "../benchmark.ts";
import { checkOutcome, createBenchmarkVerifier } from "./benchmark-verifier.ts";
import { measureEach } from "./cpu-rate.ts";
import type { VerifyToken } from "./peer-verifiers.ts";
import { peerVerifiers } from "./peer-verifiers.ts";
import type { MeasuredAlgorithm, TokenSigner } from "./signed-tokens.ts";
import { asReceived, createTokenSigner } from "./signed-tokens.ts";

const tokensPerRound = 800;
const warmUpPasses = 8;

/** Access tokens verified one after the other, each seen for the first time. */
export function verificationOf(algorithm: MeasuredAlgorithm, band: Band): Benchmark {
  return {
    name: `tokens verified, ${algorithm}, each new`,
    unit: "tokens/s of CPU",
    limit: "one synchronous crypto.verify",
    band,
    start: async () => {
      const signer = createTokenSigner(algorithm);
      const keys = [signer.publicJwk];
      const verifier = await createBenchmarkVerifier(keys);
      const forgetful = await createBenchmarkVerifier(keys, { maxCacheBytes: null });
      const peers = peerVerifiers(signer);
      // New ones for each round, as the limit begins it; each contender sees them once, in strings of its own.
      let tokens = signer.makeTokens(tokensPerRound);
      const measureVerifier = ({ verifyToken }: Verifier): Promise<number> =>
        measureEach(tokens.map(asReceived), { act: verifyToken, check: checkOutcome });
      const measurePeer = (act: VerifyToken): Promise<number> =>
        measureEach(tokens.map(asReceived), { act, check: () => undefined });

      // Whoever has more code than another needs more calls until the compiler has seen it.
      for (let pass = 0; pass < warmUpPasses; pass += 1) {
        await measureVerifier(forgetful);
        for (const peer of Object.values(peers)) await measurePeer(peer);
      }
      return {
        measureLimit: () => {
          tokens = signer.makeTokens(tokensPerRound);
          return measureSignatureChecks(signer, tokens);
        },
        measureOurs: () => measureVerifier(verifier),
        measurePeers: Object.fromEntries(
          Object.entries(peers).map(([name, peer]) => [name, () => measurePeer(peer)]),
        ),
        close: async () => [verifier, forgetful].forEach(({ close }) => close()),
      };
    },
  };
}

function measureSignatureChecks(
  { publicKey, algorithm }: TokenSigner,
  tokens: readonly string[],
): Promise<number> {
  const key = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
  const hash = algorithm === "Ed25519" ? null : "sha256";
  const prepared = tokens.map((token) => {
    const end = token.lastIndexOf(".");
    return {
      signingInput: Buffer.from(token.slice(0, end)),
      signature: Buffer.from(token.slice(end + 1), "base64url"),
    };
  });
  return measureEach(prepared, {
    act: ({ signingInput, signature }) => verify(hash, signingInput, key, signature),
    check: (isGood) => {
      if (!isGood) throw new Error("A signature is bad");
    },
  });
}
