/**
 * Introspection: what the issuer says of a token, how long that is believed, and how often it is asked.
 *
 * @module
 */

export * from "./endpoint-condition.ts";
export * from "./introspect-token.ts";
export * from "./introspection-exchange.ts";
export * from "./introspection-outage.ts";
export * from "./introspector.ts";
export * from "./judge-introspection.ts";
export * from "./kept-introspections.ts";
