/**
 * Speed next to the limit of the machine, as ratios in one run.
 *
 * @module
 */

export type { Band, Benchmark, Contest } from "./benchmark.ts";
export { benchmarks } from "./benchmarks.ts";
export { findFaults } from "./clients/columns.ts";
export type { Cost } from "./clients/costs.ts";
export { sumUpCosts } from "./clients/costs.ts";
export type { Findings } from "./clients/findings.ts";
export { findSecret } from "./clients/secret-search.ts";
export type { CommandLine } from "./command-line.ts";
export { parseCommandLine } from "./command-line.ts";
export { runPairedRounds } from "./paired-rounds.ts";
export type { Result } from "./report.ts";
export { formatDocument, formatResult } from "./report.ts";
export type { Round, Summary } from "./summary.ts";
export { isWithin, summarise } from "./summary.ts";
export { findVerifierFaults } from "./verifiers/columns.ts";
export type { VerifierFindings } from "./verifiers/findings.ts";
export { exitCodeOf, namesOutsideOfBand } from "./verdict.ts";
