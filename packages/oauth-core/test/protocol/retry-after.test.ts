import { formatHttpDate, formatRetryAfter, parseRetryAfter } from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const now = 946_684_679; // Fri, 31 Dec 1999 23:57:59 GMT

describe("Retry-After", () => {
  it("RL-01 reads back every delay it wrote", () => {
    fc.assert(
      fc.property(fc.nat(), (delaySeconds) => {
        expect(parseRetryAfter(formatRetryAfter(delaySeconds), now)).toBe(delaySeconds);
      }),
    );
  });

  it.each([
    [0, "0"],
    [0.001, "1"],
    [59.2, "60"],
    [-5, "0"],
    [-0.5, "0"],
  ])("RL-01 writes %d as the integer %s, never too early", (delaySeconds, text) => {
    expect(formatRetryAfter(delaySeconds)).toBe(text);
  });

  it.each([
    ["delay seconds", "120", 120],
    ["an HTTP-date", "Fri, 31 Dec 1999 23:59:59 GMT", 120],
  ])("RL-01 reads the example of RFC 9110 section 10.2.3: %s", (_name, value, delaySeconds) => {
    expect(parseRetryAfter(value, now)).toBe(delaySeconds);
  });

  it.each([
    ["RFC 850", "Friday, 31-Dec-99 23:59:59 GMT"],
    ["asctime", "Fri Dec 31 23:59:59 1999"],
  ])("reads the older form of a date: %s", (_name, value) => {
    expect(parseRetryAfter(value, now)).toBe(120);
  });

  it("counts a date from the given instant, and a date that has passed is 0", () => {
    expect(parseRetryAfter(formatHttpDate(now + 90), now + 0.5)).toBe(89.5);
    expect(parseRetryAfter(formatHttpDate(now), now)).toBe(0);
    expect(parseRetryAfter(formatHttpDate(now - 1), now)).toBe(0);
  });

  it.each(["2147483649", "99999999999", "9".repeat(400)])("bounds the delay %s", (value) => {
    expect(parseRetryAfter(value, now)).toBe(2_147_483_648);
  });

  it.each([
    "",
    " ",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "0x10",
    "120 ",
    "120, 60",
    "120\n",
    "\u0661\u0662",
    "soon",
    "Mon 5",
    "Monday",
    "2099-12-31T23:59:59Z",
    "31 Dec 2099 23:59:59 GMT",
    "Thu, 31 Dec 2099",
    "Thu, 31 Dec 2099 23:59:59 +0100",
  ])("refuses %j", (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  });
});
