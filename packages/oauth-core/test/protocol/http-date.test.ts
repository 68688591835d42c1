import { formatHttpDate, parseHttpDate } from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const now = 1_700_000_000;
const utc = (text: string): number => Date.parse(text) / 1000;

describe("HTTP-date", () => {
  it("reads back every second from the year 0 to 9999", () => {
    const anySecond = fc.integer({
      min: utc("0000-01-01T00:00Z"),
      max: utc("9999-12-31T23:59:59Z"),
    });
    fc.assert(
      fc.property(anySecond, (epochSeconds) => {
        expect(parseHttpDate(formatHttpDate(epochSeconds), now)).toBe(epochSeconds);
      }),
    );
  });

  it("writes the preferred form, and cuts off a fraction", () => {
    expect(formatHttpDate(784_111_777.9)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  });

  it.each([
    ["IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT"],
    ["RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT"],
    ["asctime, in UTC", "Sun Nov  6 08:49:37 1994"],
  ])("reads the example of RFC 9110 section 5.6.7: %s", (_form, text) => {
    expect(parseHttpDate(text, now)).toBe(784_111_777);
  });

  it("reads asctime with a day of two digits", () => {
    expect(parseHttpDate("Wed Nov 16 08:49:37 1994", now)).toBe(utc("1994-11-16T08:49:37Z"));
  });

  it("reads a leap day and a leap second", () => {
    expect(parseHttpDate("Thu, 29 Feb 2024 00:00:00 GMT", now)).toBe(utc("2024-02-29T00:00Z"));
    expect(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT", now)).toBe(utc("2017-01-01T00:00Z"));
  });

  it.each([
    ["2023-11-14", "Tuesday, 14-Nov-23", "2023-11-14"],
    ["2023-11-14", "Saturday, 14-Nov-33", "2033-11-14"],
    ["2023-11-14", "Monday, 14-Nov-72", "2072-11-14"],
    ["2023-11-14", "Thursday, 14-Nov-74", "1974-11-14"],
    ["2099-06-01", "Friday, 01-Jan-00", "2100-01-01"],
    ["2101-06-01", "Thursday, 31-Dec-99", "2099-12-31"],
  ])("on %s takes %s for %s, as no year is more than 50 years ahead", (today, date, expected) => {
    expect(parseHttpDate(`${date} 00:00:00 GMT`, utc(today))).toBe(utc(expected));
  });

  it.each([
    "",
    "2023-11-14T00:00:00Z",
    "Sunday",
    "Mon 5",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 08:49:37 GMT+1",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "sun, 06 nov 1994 08:49:37 gmt",
    "Son, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Okt 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Wed, 29 Feb 2023 00:00:00 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT\n",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sunday, 30-Feb-94 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
    "Sun Nov  6 08:49:37 1994 GMT",
    "Sun Nov  0 08:49:37 1994",
  ])("refuses %j", (text) => {
    expect(parseHttpDate(text, now)).toBeUndefined();
  });
});
