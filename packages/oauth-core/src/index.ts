/**
 * What every part of the family shares: results, errors, ports and HTTP as data.
 *
 * The protocol and the machines built on it are sub-paths, one per folder.
 *
 * @module
 */

export * from "./errors.ts";
export * from "./http.ts";
export type * from "./jws-texts.ts";
export type * from "./ports.ts";
export type * from "./signature-engine.ts";
export * from "./result.ts";
