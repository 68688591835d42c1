/**
 * When a token is fresh, ageing, urgent or spent, who fetches the next one, and what it is cached under.
 *
 * @module
 */

export * from "./access-token.ts";
export * from "./cache-key.ts";
export * from "./explain-token.ts";
export * from "./freshness.ts";
export * from "./memory-token-store.ts";
export * from "./shared-entry.ts";
export * from "./reported-step.ts";
export { advanceToken } from "./token-machine.ts";
export * from "./token-state.ts";
export * from "./token-store.ts";
