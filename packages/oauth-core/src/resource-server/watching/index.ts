/**
 * What a verifier notices beside its verdicts.
 *
 * @module
 */

export * from "./clock-skew.ts";
export * from "./compare-policies.ts";
export * from "./issuer-date.ts";
export * from "./policy-trial.ts";
export * from "./token-sight.ts";
