/**
 * Where secrets and tokens may be sent.
 *
 * @module
 */

/** Tells whether a URL is https, or http on this machine; without user information or fragment. */
export function isSecureUrl(text: string): boolean {
  const url = parseAbsoluteUrl(text);
  if (url === undefined || url.username !== "" || url.password !== "" || text.includes("#"))
    return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname));
}

/** Tells whether the host name of a parsed URL can only be this machine (RFC 6761 section 6.3 for `localhost`). */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
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
