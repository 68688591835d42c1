/**
 * The `Retry-After` field.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
 * @module
 */

import { parseCurrentRetryAfter } from "./current-retry-after.ts";
import { parseHttpDate } from "./http-date.ts";

/** Writes delay seconds, rounded up, so that nobody comes back too early. */
export function formatRetryAfter(delaySeconds: number): string {
  return String(Math.max(0, Math.ceil(delaySeconds)));
}

/**
 * Reads delay seconds or an HTTP-date, as seconds from `now` (epoch seconds); a date that has passed is 0.
 *
 * Returns `undefined` for anything else. A caller has a limit of its own to how long it waits.
 */
export function parseRetryAfter(value: string, now: number): number | undefined {
  const current = parseCurrentRetryAfter(value, now);
  if (current !== undefined) return current;
  const instant = parseHttpDate(value, now);
  return instant === undefined ? undefined : Math.max(0, instant - now);
}
