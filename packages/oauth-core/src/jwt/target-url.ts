import { parseAbsoluteUrl } from "../protocol/secure-url.ts";

// A parser would mend anything else: a backslash, a missing slash, white space, what is not ASCII.
const writtenInFull = /^https?:\/\/(?![/@:])[\x21-\x5b\x5d-\x7e]+$/i;
const unreserved = /[A-Za-z0-9._~-]/;

/**
 * Returns what two spellings of one http URL have in common; `undefined` when the text is none, or has user information.
 *
 * Query and fragment are dropped; scheme and host lose their case, a default port, dot segments and needless
 * percent-encoding go. All else counts: the case of the path, a slash more or less, an encoded slash.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2 | RFC 3986 sections 6.2.2 and 6.2.3}
 */
export function normalizeTargetUrl(text: string): string | undefined {
  if (!writtenInFull.test(text)) return undefined;
  const url = parseAbsoluteUrl(text);
  if (url === undefined || url.username !== "" || url.password !== "") return undefined;
  return url.origin + url.pathname.replace(/%[0-9a-f]{2}/gi, normalizeEncoding);
}

function normalizeEncoding(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return unreserved.test(character) ? character : encoded.toUpperCase();
}
