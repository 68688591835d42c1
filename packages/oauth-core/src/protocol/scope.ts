/**
 * Scope: one string on the wire, a set of tokens in code.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.3 | RFC 6749 section 3.3}
 * @module
 */

import type { ProtocolFailure, Result } from "../result.ts";
import { ok, protocolFailure } from "../result.ts";
import { splitGrantedScope, splitScope } from "./scope-tokens.ts";

/** Why a scope is refused. */
export type ScopeFailure = ProtocolFailure<"scope_malformed">;

// scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const malformed = /* @__PURE__ */ protocolFailure(
  "scope_malformed",
  "The scope is malformed",
  "RFC 6749 section 3.3",
);

/** Tells whether a text is one scope token. */
export function isScopeToken(text: string): boolean {
  return scopeToken.test(text);
}

/** Writes scope tokens, in the order given; the empty set is the empty text, which is no valid request. */
export function formatScope(scope: readonly string[]): string {
  return scope.join(" ");
}

/** Reads tokens separated by single spaces; duplicates are collapsed and the order is kept. */
export function parseScope(text: string): Result<readonly string[], ScopeFailure> {
  const tokens = splitScope(text);
  return tokens === undefined ? malformed : ok(tokens);
}

/** Reads the `scope` member of an answer: a missing one is `undefined`, an empty one is the empty set. */
export function parseGrantedScope(
  member: unknown,
): Result<readonly string[] | undefined, ScopeFailure> {
  const tokens = splitGrantedScope(member);
  return tokens === null ? malformed : ok(tokens);
}

/** Returns the same set in a form that is equal for equal sets. */
export function canonicalScope(scope: readonly string[]): readonly string[] {
  return [...new Set(scope)].toSorted();
}
