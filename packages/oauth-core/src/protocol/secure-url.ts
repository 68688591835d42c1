/**
 * Where secrets and tokens may be sent.
 *
 * @module
 */

// What a URL parser silently drops or mends: the text would not be what is connected to.
const mendedOrFragment = /[\s\x00-\x1f\x7f\\#]/;

/** Tells whether a URL is https, or http on this machine; without user information or fragment. */
export function isSecureUrl(text: string): boolean {
  const url = mendedOrFragment.test(text) ? undefined : parseAbsoluteUrl(text);
  if (url === undefined || url.username + url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname));
}

/** Tells whether a text can name an authorization server: a secure URL without a query (RFC 8414 section 2). */
export function isIssuerUrl(text: string): boolean {
  return isSecureUrl(text) && !text.includes("?");
}

/**
 * Tells whether the host name of a parsed URL can only be this machine.
 *
 * Names beneath `localhost` are not: Node and others ask DNS for them, whatever RFC 6761 section 6.3 says.
 */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname === "[::1]" ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}

/** Parses an absolute URL; `undefined` when it is none. */
export function parseAbsoluteUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
