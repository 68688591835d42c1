/**
 * A protected resource: from a request to an outcome, and from an outcome to an answer.
 *
 * @module
 */

export * from "./bearer-token.ts";
export * from "./extensions.ts";
export * from "./granted-scope.ts";
export * from "./outcome.ts";
export * from "./outcome-response.ts";
export * from "./principal.ts";
export * from "./shared-checks.ts";
export * from "./verified-tokens.ts";
export * from "./verify-bearer-token.ts";
