const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/**
 * Returns the URL of a request as its client knows it: the origin from configuration, the rest from the request. Of an
 * absolute URL the origin is left out, as it was put together from what the sender said.
 *
 * Empty for a request that has no URL, such as `OPTIONS *`: no proof is for it.
 */
export function requestTarget(url: string, origin: string): string {
  const rest = url.replace(authority, "");
  if (rest.startsWith("/")) return origin + rest;
  return rest === "" || rest.startsWith("?") ? `${origin}/${rest}` : "";
}
