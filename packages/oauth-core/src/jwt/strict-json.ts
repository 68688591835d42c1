/**
 * JSON objects that come signed: what two parsers could read differently is refused.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7519#section-4 | RFC 7519 section 4}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7493#section-2 | RFC 7493 section 2}
 * @module
 */

import type { JsonObject } from "../protocol/json.ts";
import { isJsonObject, parseJsonObject } from "../protocol/json.ts";

const maxDepth = 16;
// With the `u` flag a pair is one character, so that only lone surrogates match.
const loneSurrogate = /[\ud800-\udfff]/u;

/**
 * Reads a JSON text whose root is an object; `undefined` for anything else.
 *
 * A repeated member at any level, a number that is not finite, a lone surrogate and nesting deeper than 16 levels are
 * refused. The work is linear in the length of the text; the caller bounds the length.
 */
export function parseStrictJsonObject(text: string): JsonObject | undefined {
  const members = countWrittenMembers(text);
  if (members === undefined || loneSurrogate.test(text)) return undefined;
  const object = parseJsonObject(text);
  if (object === undefined) return undefined;
  // A repeated member is written twice and kept once; without one, both counts agree.
  return countKeptMembers(object, text.includes("\\u")) === members ? object : undefined;
}

/** Counts the colons outside of strings; `undefined` when a string does not end or the nesting is too deep. */
function countWrittenMembers(text: string): number | undefined {
  const hasEscapes = text.includes("\\");
  let members = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x22: {
        index = hasEscapes ? endOfString(text, index + 1) : text.indexOf('"', index + 1);
        if (index === -1) return undefined;
        break;
      }
      case 0x3a: {
        members += 1;
        break;
      }
      case 0x5b:
      case 0x7b: {
        depth += 1;
        if (depth > maxDepth) return undefined;
        break;
      }
      case 0x5d:
      case 0x7d: {
        depth -= 1;
        break;
      }
      default:
    }
  }
  return members;
}

/** Returns the index of the quotation mark that ends a string, past those that are escaped, or -1. */
function endOfString(text: string, start: number): number {
  for (let index = start; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === 0x22) return index;
    if (character === 0x5c) index += 1;
  }
  return -1;
}

/** Counts the members at all levels; `undefined` when a number or a string has no one meaning. */
function countKeptMembers(value: unknown, hasEscapes: boolean): number | undefined {
  if (typeof value === "string") return hasEscapes && loneSurrogate.test(value) ? undefined : 0;
  if (typeof value === "number") return Number.isFinite(value) ? 0 : undefined;
  if (typeof value !== "object" || value === null) return 0;

  let members = 0;
  if (isJsonObject(value)) {
    for (const name of Object.keys(value)) {
      const nested = countKeptMembers(value[name], hasEscapes);
      if (nested === undefined || (hasEscapes && loneSurrogate.test(name))) return undefined;
      members += nested + 1;
    }
    return members;
  }
  for (const item of value as readonly unknown[]) {
    const nested = countKeptMembers(item, hasEscapes);
    if (nested === undefined) return undefined;
    members += nested;
  }
  return members;
}
