/**
 * Distinguished names as text.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc4514#section-3 | RFC 4514 section 3}
 * @module
 */

import type { TextScanner } from "./text-scanner.ts";
import { scanText } from "./text-scanner.ts";

/** One attribute of a name: its type as an object identifier where it is known, and its value without escapes. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

/** A name, the most specific part first; a part has several attributes when they were joined by `+`. */
export type DistinguishedName = readonly (readonly NameAttribute[])[];

// Blanks around the separators are not of RFC 4514, but people write them; values cannot begin or end with them.
const attributeType = / *([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+) *= */y;
const valueCharacter = /\\(?:(?<hex>[0-9A-Fa-f]{2})|(?<special>[ "#+,;<=>\\]))|[^"+,;<>\\\0]/uy;
const hexForm = /#/y;
const separator = / *([,+]) */y;

/** Reads a name; `undefined` when it is malformed, or has a value in the form `#hex`. The empty text is the empty name. */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  if (text === "") return [];
  const parts: NameAttribute[][] = [[]];
  const scanner = scanText(text);
  for (;;) {
    const type = scanner.take(attributeType)?.[1];
    const value = type === undefined ? undefined : readValue(scanner);
    if (type === undefined || value === undefined) return undefined;
    parts.at(-1)?.push({ type: canonicalType(type), value });
    if (scanner.isAtEnd()) return parts;
    const joint = scanner.take(separator)?.[1];
    if (joint === undefined) return undefined;
    if (joint === ",") parts.push([]);
  }
}

/**
 * Tells whether two names have the same attributes in the same order; within one part, the order does not count.
 *
 * Values compare character by character, with their case.
 */
export function isSameDistinguishedName(
  left: DistinguishedName,
  right: DistinguishedName,
): boolean {
  return canonicalText(left) === canonicalText(right);
}

/** JSON, so that no value can look like the end of one. */
function canonicalText(name: DistinguishedName): string {
  return JSON.stringify(
    name.map((part) => part.map(({ type, value }) => JSON.stringify([type, value])).toSorted()),
  );
}

function readValue({ take, sees }: TextScanner): string | undefined {
  if (sees(hexForm)) return undefined;
  // Percent-encoded, because an escape may be a part of a character.
  let encoded = "";
  // Blanks at the end count only when they are escaped.
  let keptLength = 0;
  for (let match = take(valueCharacter); match !== undefined; match = take(valueCharacter)) {
    const [character] = match;
    const { hex, special } = match.groups ?? {};
    if (!isScalar(character)) return undefined;
    encoded += hex === undefined ? encodeURIComponent(special ?? character) : `%${hex}`;
    if (character !== " ") keptLength = encoded.length;
  }
  try {
    return decodeURIComponent(encoded.slice(0, keptLength));
  } catch {
    // Escapes that are not UTF-8.
    return undefined;
  }
}

/** A lone surrogate is no character, and has no encoding. */
function isScalar(character: string): boolean {
  return !/^[\uD800-\uDFFF]$/.test(character);
}

function canonicalType(type: string): string {
  return objectIdentifiers.get(type.toLowerCase()) ?? type;
}

// The names of RFC 4514 section 3, and those that OpenSSL and LDAP give to what else occurs in subjects.
const objectIdentifiers: ReadonlyMap<string, string> = new Map([
  ["cn", "2.5.4.3"],
  ["sn", "2.5.4.4"],
  ["serialnumber", "2.5.4.5"],
  ["c", "2.5.4.6"],
  ["l", "2.5.4.7"],
  ["st", "2.5.4.8"],
  ["street", "2.5.4.9"],
  ["o", "2.5.4.10"],
  ["ou", "2.5.4.11"],
  ["title", "2.5.4.12"],
  ["businesscategory", "2.5.4.15"],
  ["postalcode", "2.5.4.17"],
  ["givenname", "2.5.4.42"],
  ["gn", "2.5.4.42"],
  ["organizationidentifier", "2.5.4.97"],
  ["uid", "0.9.2342.19200300.100.1.1"],
  ["dc", "0.9.2342.19200300.100.1.25"],
  ["emailaddress", "1.2.840.113549.1.9.1"],
]);
