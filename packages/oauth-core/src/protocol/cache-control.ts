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

/** Writes the field of a public document. */
export function formatPublicCacheControl(maxAgeSeconds: number): string {
  return `public, max-age=${maxAgeSeconds}`;
}

/** Reads the field; a malformed or repeated `max-age` counts as 0. */
export function parseCacheControl(value: string): CacheControl {
  let maxAgeSeconds: number | undefined;
  for (const directive of value.toLowerCase().split(",")) {
    const [name = "", argument] = directive.trim().split("=", 2);
    if (name === "no-store" || name === "no-cache") return { maxAgeSeconds: 0 };
    if (name !== "max-age") continue;
    const valid =
      maxAgeSeconds === undefined && argument !== undefined && /^"?\d{1,10}"?$/.test(argument);
    maxAgeSeconds = valid ? Number(argument.replaceAll('"', "")) : 0;
  }
  return { maxAgeSeconds };
}
