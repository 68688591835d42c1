/**
 * What has been revoked: one set, for the server that introspects and for those who verify offline.
 *
 * @module
 */

export * from "./revocation-life.ts";
export * from "./revocation-set.ts";
