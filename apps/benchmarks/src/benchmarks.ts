import type { Benchmark } from "./benchmark.ts";
import { tokenIssuance } from "./token-endpoint/token-issuance.ts";
import { verificationOf } from "./verification/verification.ts";

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  tokenIssuance,
  verificationOf("ES256", { typical: 0.9, min: 0.6, max: 1.1 }),
  verificationOf("RS256", { typical: 0.6, min: 0.4, max: 1.1 }),
];
