/**
 * A remote JWK Set: which of its keys to trust, and for how long.
 *
 * @module
 */

export * from "./key-set-key.ts";
export * from "./key-set-machine.ts";
export * from "./key-set-options.ts";
export * from "./key-set-response.ts";
export * from "./key-set-state.ts";
