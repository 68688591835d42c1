/**
 * The wire: one file per message, each with its type, a `format…` and a `parse…` function.
 *
 * @module
 */

export * from "./accept.ts";
export * from "./authorization-header.ts";
export * from "./basic-credentials.ts";
export * from "./cache-control.ts";
export * from "./client-authentication-fields.ts";
export * from "./client-cert-field.ts";
export * from "./current-retry-after.ts";
export * from "./distinguished-name.ts";
export * from "./dpop-nonce.ts";
export * from "./form.ts";
export * from "./form-parameters.ts";
export * from "./http-date.ts";
export * from "./idempotency-key.ts";
export * from "./introspection-response.ts";
export * from "./json.ts";
export * from "./jwk-set.ts";
export * from "./media-type.ts";
export * from "./oauth-error.ts";
export * from "./problem-details.ts";
export * from "./rate-limit-fields.ts";
export type { TokenResponseFailureCode } from "./read-token-response.ts";
export { canonicalTokenType, readTokenResponse } from "./read-token-response.ts";
export * from "./retry-after.ts";
export * from "./scope.ts";
export * from "./secure-url.ts";
export * from "./server-metadata.ts";
export * from "./token-management-request.ts";
export * from "./token-request.ts";
export * from "./token-response.ts";
export * from "./www-authenticate.ts";
