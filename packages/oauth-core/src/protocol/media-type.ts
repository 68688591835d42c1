/**
 * The `Content-Type` field, as far as OAuth endpoints need it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1 | RFC 9110 section 8.3.1}
 * @module
 */

import { scanText } from "./text-scanner.ts";

/** A media type in lower case, and its `charset` if one is named. */
export interface MediaType {
  readonly essence: string;
  readonly charset: string | undefined;
}

const token = "[!#$%&'*+.^_`|~0-9a-z-]+";
const essencePattern = new RegExp(`[ \\t]*(${token}/${token})[ \\t]*`, "y");
// An empty parameter (`;;`) is allowed; values are read more freely than RFC 9110 has them.
const parameterPattern = /;[ \t]*(?:([^;="\s]+)=(?:"((?:[^"\\]|\\.)*)"|([^;"\s]+)))?[ \t]*/y;
const maxLength = 256;

/** Reads a field value; `undefined` when it is malformed, longer than 256 characters or names two charsets. */
export function parseMediaType(value: string): MediaType | undefined {
  if (value.length > maxLength) return undefined;
  const { take, isAtEnd } = scanText(value.toLowerCase());
  const essence = take(essencePattern)?.[1];
  if (essence === undefined) return undefined;

  let charset: string | undefined;
  while (!isAtEnd()) {
    const parameter = take(parameterPattern);
    if (parameter === undefined) return undefined;
    const [, name, quoted, plain] = parameter;
    if (name !== "charset") continue;
    if (charset !== undefined) return undefined;
    charset = quoted?.replace(/\\(.)/g, "$1") ?? plain;
  }
  return { essence, charset };
}

/** Tells whether a body may be read as UTF-8 of the wanted media type. */
export function isUtf8MediaType(value: string, essence: string): boolean {
  const type = parseMediaType(value);
  return type?.essence === essence && (type.charset === undefined || type.charset === "utf-8");
}
