import { ConfigurationError } from "@credicorp/oauth-core";

/** A moment: seconds since the Unix epoch, a date, or text of RFC 3339 with its zone, such as `2027-01-01T09:00:00Z`. */
export type Instant = number | Date | string;

// The end of year 9999, as far as tokens can say.
const lastSecond = 253_402_300_799;
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Returns the seconds since the Unix epoch of an instant. @throws {@link ConfigurationError} for anything else */
export function parseInstant(instant: Instant): number {
  const seconds = secondsOf(instant);
  if (seconds >= 0) return checkWritable(seconds);
  throw wrongInstant();
}

/** Checks that an instant, in seconds, is none that no date can be written of. @throws {@link ConfigurationError} */
export function checkWritable(seconds: number): number {
  if (seconds <= lastSecond) return seconds;
  throw wrongInstant();
}

function wrongInstant(): ConfigurationError {
  return new ConfigurationError(
    "instant",
    "instant must be seconds since the Unix epoch, a Date, or text such as 2027-01-01T09:00:00Z, from 1970 to 9999",
  );
}

/** NaN for what is no instant. */
function secondsOf(instant: Instant): number {
  if (typeof instant === "number") return instant;
  if (instant instanceof Date) return instant.getTime() / 1000;
  return dateTime.test(instant) ? Date.parse(instant) / 1000 : NaN;
}
