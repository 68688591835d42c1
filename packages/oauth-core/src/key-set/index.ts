/**
 * A remote JWK Set: which of its keys to trust, and for how long.
 *
 * @module
 */

export * from "../cancellation.ts";
export * from "./end-fetch.ts";
export * from "./exported-key-set.ts";
export * from "./import-key-set.ts";
export * from "./key-set-key.ts";
export * from "./key-set-machine.ts";
export * from "./key-set-options.ts";
export * from "./key-set-report.ts";
export * from "./key-set-response.ts";
export * from "./key-set-source.ts";
export * from "./key-set-state.ts";
export * from "./remote-key-set.ts";
export * from "./shared-fetch.ts";
