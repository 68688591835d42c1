/**
 * A protected resource: from a request to an outcome, and from an outcome to an answer.
 *
 * @module
 */

export * from "./credentials.ts";
export * from "./extensions.ts";
export * from "./granted-scope.ts";
export * from "./introspection/index.ts";
export * from "./kept-tokens.ts";
export * from "./explanation/index.ts";
export * from "./outcome.ts";
export * from "./outcome-response.ts";
export * from "./possession/dpop-resource.ts";
export * from "./possession/dpop-resource-options.ts";
export * from "./possession/require-possession.ts";
export * from "./principal.ts";
export * from "./shared-checks.ts";
export * from "./trusted-issuer.ts";
export * from "./verified-tokens.ts";
export * from "./verify-request.ts";
export * from "./verify-token.ts";
export * from "./watching/index.ts";
