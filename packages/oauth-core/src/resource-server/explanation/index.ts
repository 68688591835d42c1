/**
 * Why a token is accepted or refused.
 *
 * @module
 */

export * from "./explain-introspected.ts";
export * from "./explain-token.ts";
export * from "./format-explanation.ts";
export * from "./token-explanation.ts";
