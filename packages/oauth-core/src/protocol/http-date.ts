/**
 * Instants as HTTP writes them: the `Date` field, and one form of `Retry-After`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 | RFC 9110 section 5.6.7}
 * @module
 */

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const month = `(?<month>${months.join("|")})`;
const time = "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})";
const shortDay = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const longDay = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";
const forms = [
  // IMF-fixdate, the one that is sent
  new RegExp(`^${shortDay}, (?<day>\\d{2}) ${month} (?<year>\\d{4}) ${time} GMT$`),
  // RFC 850
  new RegExp(`^${longDay}, (?<day>\\d{2})-${month}-(?<year>\\d{2}) ${time} GMT$`),
  // asctime, in UTC although it does not say so
  new RegExp(`^${shortDay} ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`),
];
const fiftyYearsSeconds = 50 * 365.2425 * 86_400;

// A server writes the same second for thousands of answers.
let lastSecond = Number.NaN;
let lastText = "";

/** Writes an instant, in epoch seconds; a fraction is cut off. */
export function formatHttpDate(epochSeconds: number): string {
  const second = Math.floor(epochSeconds);
  if (second !== lastSecond) {
    lastText = new Date(second * 1000).toUTCString();
    lastSecond = second;
  }
  return lastText;
}

/**
 * Reads any of the three forms of an HTTP-date as epoch seconds; `undefined` for anything else.
 *
 * `now` (epoch seconds) decides the century of RFC 850's years, which have two digits.
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  for (const form of forms) {
    const parts = form.exec(text)?.groups;
    if (parts !== undefined) return toEpochSeconds(parts, now);
  }
  return undefined;
}

function toEpochSeconds(parts: Readonly<Record<string, string>>, now: number): number | undefined {
  const part = (name: string): number => Number(parts[name]);
  const [hour, minute, second] = [part("hour"), part("minute"), part("second")] as const;
  // 60 is a leap second.
  if (hour > 23 || minute > 59 || second > 60) return undefined;

  const monthIndex = months.indexOf(parts["month"] ?? "");
  const inYear = (year: number): number | undefined => {
    // Not Date.UTC, which reads the years 0 to 99 as 1900 to 1999.
    const date = new Date(0);
    date.setUTCFullYear(year, monthIndex, part("day"));
    // The 31st of April would be the 1st of May.
    if (date.getUTCMonth() !== monthIndex || date.getUTCDate() !== part("day")) return undefined;
    return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
  };
  const year = part("year");
  return parts["year"]?.length === 4 ? inYear(year) : inNearestCentury(inYear, { year, now });
}

function inNearestCentury(
  inYear: (fullYear: number) => number | undefined,
  options: { readonly year: number; readonly now: number },
): number | undefined {
  const { year, now } = options;
  const thisYear = new Date(now * 1000).getUTCFullYear();
  const latest = thisYear - (thisYear % 100) + 100 + year;
  for (const candidate of [latest, latest - 100]) {
    const instant = inYear(candidate);
    if (instant !== undefined && instant <= now + fiftyYearsSeconds) return instant;
  }
  return inYear(latest - 200);
}
