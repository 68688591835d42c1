import { verify } from "node:crypto";

import type { Benchmark } from "../benchmark.ts";
import { median } from "../summary.ts";
import { checkOutcome, createBenchmarkVerifier } from "./benchmark-verifier.ts";
import { peerVerifiers } from "./peer-verifiers.ts";
import { asReceived, createTokenSigner } from "./signed-tokens.ts";

const tokensAtOnce = 64;
const burstsPerRound = 12;
const delays = new Map<string, number[]>();

/**
 * New tokens that are all there at the same moment, in wall time, in which other threads may help others. Ours verifies
 * RS256 on the one thread of the event loop, which is why its ratio is that of tokens one after the other: the hop to the
 * thread pool gave a ratio of 0.44 on a busy machine, and made the event loop stand still for half as long again.
 */
export const manyAtOnce: Benchmark = {
  name: "tokens verified, RS256, each new, 64 at once",
  unit: "tokens/s",
  limit: "64 synchronous crypto.verify, one after the other",
  band: { typical: 0.7, min: 0.55, max: 1.2 },
  notes: () =>
    [...delays].map(
      ([name, ms]) => `the event loop stands still for ${median(ms).toFixed(2)} ms with ${name}`,
    ),
  start: async () => {
    const signer = createTokenSigner("RS256");
    const verifier = await createBenchmarkVerifier([signer.publicJwk]);
    const { jose } = peerVerifiers(signer);
    if (jose === undefined) throw new Error("There is no jose");
    const measure = async (name: string, work: (token: string) => unknown): Promise<number> => {
      let ms = 0;
      for (let burst = 0; burst < burstsPerRound; burst += 1) {
        const tokens = signer.makeTokens(tokensAtOnce).map(asReceived);
        const { elapsedMs, longestMs } = await runBurst(tokens, work);
        ms += elapsedMs;
        delays.set(name, [...(delays.get(name) ?? []), longestMs]);
      }
      return (tokensAtOnce * burstsPerRound * 1000) / ms;
    };
    const checkAtOnce = (token: string): void => {
      const end = token.lastIndexOf(".");
      const signature = Buffer.from(token.slice(end + 1), "base64url");
      if (!verify("sha256", Buffer.from(token.slice(0, end)), signer.publicKey, signature))
        throw new Error("A signature is bad");
    };
    return {
      measureLimit: () => measure("the limit", checkAtOnce),
      measureOurs: () =>
        measure("ours", async (token) => checkOutcome(await verifier.verifyToken(token))),
      measurePeers: { jose: () => measure("jose", jose) },
      close: async () => verifier.close(),
    };
  },
};

/** Begins all at once, and looks how long the event loop does not come round until all have ended. */
async function runBurst(
  tokens: readonly string[],
  work: (token: string) => unknown,
): Promise<{ readonly elapsedMs: number; readonly longestMs: number }> {
  const startedMs = performance.now();
  let roundMs = startedMs;
  let longestMs = 0;
  let isOver = false;
  const look = (): void => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - roundMs);
    roundMs = nowMs;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await Promise.all(tokens.map(work));
  const elapsedMs = performance.now() - startedMs;
  isOver = true;
  await new Promise((resolve) => setImmediate(resolve));
  return { elapsedMs, longestMs };
}
