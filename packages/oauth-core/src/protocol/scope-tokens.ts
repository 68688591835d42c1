/**
 * The grammar of scope, without words about what breaks it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.3 | RFC 6749 section 3.3}
 * @module
 */

// scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const scopeTokens = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** Splits at single spaces; duplicates are collapsed, the order is kept; `undefined` for a text that is no scope. */
export function splitScope(text: string): readonly string[] | undefined {
  if (!scopeTokens.test(text)) return undefined;
  const tokens = text.split(" ");
  // Most scopes are short and without duplicates, and need no set to show it.
  const isSet = tokens.length <= 8 && tokens.every((token, at) => tokens.indexOf(token) === at);
  return isSet ? tokens : [...new Set(tokens)];
}

/**
 * Splits the `scope` member of an answer: a missing one is `undefined`, a malformed one `null`.
 *
 * An empty text breaks the grammar, but servers send it, and it says that nothing was granted.
 */
export function splitGrantedScope(member: unknown): readonly string[] | undefined | null {
  if (member === undefined) return undefined;
  if (member === "") return [];
  return typeof member === "string" && scopeTokens.test(member)
    ? [...new Set(member.split(" "))]
    : null;
}
