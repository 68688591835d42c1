/**
 * What the `Date` of an answer says of its sender's clock.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1 | RFC 9110 section 6.6.1}
 * @module
 */

import type { HeaderList } from "../../http.ts";
import { singleHeaderValue } from "../../http.ts";
import { parseHttpDate } from "../../protocol/http-date.ts";

/** Another clock less this one, in seconds. */
export interface ClockOffset {
  readonly offsetSeconds: number;

  /** The true offset is at most so far from that. */
  readonly uncertaintySeconds: number;
}

/**
 * Compares the sender's clock with this one; `undefined` without a readable `Date`.
 *
 * The field has whole seconds and was written at some time between question and answer, or `Age` seconds before.
 */
export function readIssuerOffset(
  headers: HeaderList,
  received: {
    /** This clock at the end of the answer, in seconds since the Unix epoch. */
    readonly now: number;

    /** Milliseconds from the question to the end of the answer. */
    readonly elapsedMs: number;
  },
): ClockOffset | undefined {
  const { now, elapsedMs } = received;
  const date = parseHttpDate(singleHeaderValue(headers, "date") ?? "", now);
  if (date === undefined) return undefined;
  const age = singleHeaderValue(headers, "age");
  if (age !== undefined && !/^\d{1,9}$/.test(age)) return undefined;
  // Each of the two fields is cut to a second.
  const cutSeconds = age === undefined ? 1 : 2;
  const uncertaintySeconds = (cutSeconds + elapsedMs / 1000) / 2;
  const offsetSeconds = date + Number(age ?? 0) + uncertaintySeconds - now;
  return { offsetSeconds, uncertaintySeconds };
}
