/**
 * JSON Web Tokens: strict parsing, keys bound to one algorithm, and the access tokens of RFC 9068.
 *
 * @module
 */

export * from "./access-token-claims.ts";
export * from "./certificate-thumbprint.ts";
export * from "./client-assertion.ts";
export * from "./compact-jws.ts";
export * from "./dpop-proof.ts";
export * from "./introspection-jwt.ts";
export * from "./jwk-algorithm.ts";
export * from "./jwk-thumbprint.ts";
export * from "./remembered-headers.ts";
export * from "./remembered-scopes.ts";
export * from "./strict-json.ts";
export * from "./target-url.ts";
export * from "./verify-access-token.ts";
export * from "./verify-dpop-proof.ts";
