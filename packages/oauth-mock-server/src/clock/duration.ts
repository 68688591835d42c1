import { ConfigurationError } from "@credicorp/oauth-core";

/** A length of time: milliseconds, or a number with its unit, such as `90s`, `16m`, `2h` or `1d`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A hundred years: more is a mistake, such as an instant that was taken for a duration. */
const longestMs = 100 * 365.25 * 86_400_000;

/** Returns the milliseconds of a duration. @throws {@link ConfigurationError} that names the forms that there are */
export function parseDuration(duration: Duration): number {
  const milliseconds = typeof duration === "number" ? duration : millisecondsOf(duration);
  if (Math.abs(milliseconds) <= longestMs) return milliseconds;
  throw new ConfigurationError(
    "duration",
    "duration must be a number of milliseconds, or a number with its unit: 500ms, 90s, 16m, 2h, 1d",
  );
}

/** NaN for what is no duration. */
function millisecondsOf(text: string): number {
  const [, number = "", unit = ""] = /^(-?\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return Number(number) * (unitsMs[unit] ?? NaN);
}
