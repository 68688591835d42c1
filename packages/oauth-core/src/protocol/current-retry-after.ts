/**
 * The `Retry-After` field as senders must write it today: delay seconds, or an IMF-fixdate.
 *
 * It is a file of its own so that a small client need not carry the two obsolete forms of a date.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
 * @module
 */

// RFC 9111 section 1.2.2 gives this value to delays that are too large to be represented.
const maxDelaySeconds = 2_147_483_648;

/**
 * Reads delay seconds or an IMF-fixdate, as seconds from `now` (epoch seconds); a date that has passed is 0.
 *
 * Returns `undefined` for anything else, a date with the wrong day of the week included.
 */
export function parseCurrentRetryAfter(value: string, now: number): number | undefined {
  if (/^\d+$/.test(value)) return Math.min(Number(value), maxDelaySeconds);
  const date = new Date(value);
  const delaySeconds = Math.max(0, date.getTime() / 1000 - now);
  // What a platform reads beyond this form, each reads in its own way.
  return delaySeconds >= 0 && date.toUTCString() === value ? delaySeconds : undefined;
}
