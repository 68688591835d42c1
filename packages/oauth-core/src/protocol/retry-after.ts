/**
 * The `Retry-After` field.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
 * @module
 */

/** Writes delay seconds, rounded up, so that nobody comes back too early. */
export function formatRetryAfter(delaySeconds: number): string {
  return String(Math.max(0, Math.ceil(delaySeconds)));
}

/**
 * Reads delay seconds or an HTTP-date, as seconds from `now` (epoch seconds); a date that has passed is 0.
 *
 * Returns `undefined` for anything else.
 */
export function parseRetryAfter(value: string, now: number): number | undefined {
  if (/^\d{1,10}$/.test(value)) return Number(value);
  // The day name keeps out the many other formats that Date.parse reads.
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : Math.max(0, time / 1000 - now);
}
