/**
 * What tests of core and of its adapters share: contracts as data, and a clock under control.
 *
 * @module
 */

export * from "./contract.ts";
export * from "./controlled-clock.ts";
export * from "./lease-contract.ts";
export * from "./rate-limiter-contract.ts";
export * from "./record-store-contract.ts";
export * from "./replay-store-contract.ts";
export * from "./revocation-feed-contract.ts";
export * from "./shared-contract.ts";
export * from "./shared-lease-contract.ts";
export * from "./shared-rate-limiter-contract.ts";
export * from "./shared-record-store-contract.ts";
export * from "./shared-replay-store-contract.ts";
export * from "./shared-revocation-feed-contract.ts";
export * from "./shared-token-store-contract.ts";
export * from "./token-store-contract.ts";
