/**
 * Distinguished names as text.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc4514#section-3 | RFC 4514 section 3}
 * @module
 */

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
const separator = / *([,+]) */y;

/** Reads a name; `undefined` when it is malformed, or has a value in the form `#hex`. The empty text is the empty name. */
export function parseDistinguishedName(text: string): DistinguishedName | undefined {
  if (text === "") return [];
  const parts: NameAttribute[][] = [[]];
  let position = 0;
  for (;;) {
    const type = match(attributeType, text, position);
    if (type?.[1] === undefined) return undefined;
    const value = readValue(text, position + type[0].length);
    if (value === undefined) return undefined;
    parts.at(-1)?.push({ type: canonicalType(type[1]), value: value.text });
    if (value.end === text.length) return parts;
    const next = match(separator, text, value.end);
    if (next === undefined) return undefined;
    if (next[1] === ",") parts.push([]);
    position = value.end + next[0].length;
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

function readValue(
  text: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  // Percent-encoded, because an escape may be a part of a character.
  let encoded = "";
  let end = start;
  // Blanks at the end count only when they are escaped.
  let keptLength = 0;
  if (text[start] === "#") return undefined;
  for (;;) {
    const character = match(valueCharacter, text, end);
    if (character === undefined) break;
    const { hex, special } = character.groups ?? {};
    if (!isScalar(character[0])) return undefined;
    encoded += hex === undefined ? encodeURIComponent(special ?? character[0]) : `%${hex}`;
    end += character[0].length;
    if (character[0] !== " ") keptLength = encoded.length;
  }
  try {
    return { text: decodeURIComponent(encoded.slice(0, keptLength)), end };
  } catch {
    // Escapes that are not UTF-8.
    return undefined;
  }
}

/** A lone surrogate is no character, and has no encoding. */
function isScalar(character: string): boolean {
  return !/^[\uD800-\uDFFF]$/.test(character);
}

function match(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
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
