/**
 * When a token is fresh, ageing, urgent or spent, who fetches the next one, and what it is cached under.
 *
 * @module
 */

export * from "./access-token.ts";
export * from "./cache-key.ts";
export * from "./freshness.ts";
export { stepToken } from "./token-machine.ts";
export * from "./token-state.ts";
