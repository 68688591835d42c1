/**
 * The `Content-Type` field, as far as OAuth endpoints need it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1 | RFC 9110 section 8.3.1}
 * @module
 */

/** A media type in lower case, and its `charset` if one is named. */
export interface MediaType {
  readonly essence: string;
  readonly charset: string | undefined;
}

const pattern =
  /^[ \t]*([!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+)((?:[ \t]*;[ \t]*(?:[^;="\s]+=(?:"[^"\\]*"|[^;"\s]+))?)*)[ \t]*$/;

/** Reads a field value; `undefined` when it is malformed. */
export function parseMediaType(value: string): MediaType | undefined {
  if (value.length > 256) return undefined;
  const match = pattern.exec(value.toLowerCase());
  if (match === null) return undefined;
  const charset = /;[ \t]*charset="?([^";\s]*)/.exec(match[2] ?? "")?.[1];
  return { essence: match[1] ?? "", charset };
}

/** Tells whether a body may be read as UTF-8 of the wanted media type. */
export function isUtf8MediaType(value: string, essence: string): boolean {
  const type = parseMediaType(value);
  return type?.essence === essence && (type.charset === undefined || type.charset === "utf-8");
}
