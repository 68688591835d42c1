/**
 * The `Cache-Control` field of documents that change seldom: metadata and key sets.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2 | RFC 9111 section 5.2.2}
 * @module
 */

/** How long a document may be used. */
export interface CacheControl {
  /** Seconds; 0 for `no-store` and `no-cache`; `undefined` when the server does not say. */
  readonly maxAgeSeconds: number | undefined;
}

// RFC 9111 section 1.2.2 gives this value to ages that are too large to be represented.
const maxAgeLimitSeconds = 2_147_483_648;

/** Writes the field of a public document. */
export function formatPublicCacheControl(maxAgeSeconds: number): string {
  return `public, max-age=${maxAgeSeconds}`;
}

/** Reads the field; a malformed or repeated `max-age` counts as 0. */
export function parseCacheControl(value: string): CacheControl {
  let maxAgeSeconds: number | undefined;
  for (const directive of value.toLowerCase().split(",")) {
    const equals = directive.indexOf("=");
    const name = directive.slice(0, equals === -1 ? undefined : equals).trim();
    if (name === "no-store" || name === "no-cache") return { maxAgeSeconds: 0 };
    if (name !== "max-age") continue;
    const argument = equals === -1 ? "" : directive.slice(equals + 1).trim();
    maxAgeSeconds = maxAgeSeconds === undefined ? parseDeltaSeconds(argument) : 0;
  }
  return { maxAgeSeconds };
}

function parseDeltaSeconds(text: string): number {
  // Senders must not quote the digits, but some do (RFC 9111 section 5.2).
  const digits = /^(?:(\d+)|"(\d+)")$/.exec(text);
  return Math.min(Number(digits?.[1] ?? digits?.[2] ?? 0), maxAgeLimitSeconds);
}
