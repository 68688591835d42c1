import {
  formatHttpDate,
  parseCurrentRetryAfter,
  parseRetryAfter,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";

const now = 946_684_679; // Fri, 31 Dec 1999 23:57:59 GMT

it("RL-01 CLI-30 reads what senders write today as the whole reader does", () => {
  const instant = fc.integer({ min: now - 100, max: now + 100_000 }).map(formatHttpDate);
  fc.assert(
    fc.property(fc.oneof(fc.nat().map(String), instant), (value) => {
      const delaySeconds = parseCurrentRetryAfter(value, now);

      expect(delaySeconds).toBeDefined();
      expect(delaySeconds).toBe(parseRetryAfter(value, now));
    }),
  );
});

it.each([
  ["seconds", "120", 120],
  ["more seconds than can be represented", "9".repeat(400), 2_147_483_648],
  ["a date", "Fri, 31 Dec 1999 23:59:59 GMT", 120],
  ["a date that has passed", "Fri, 31 Dec 1999 23:00:00 GMT", 0],
])("reads %s", (_name, value, delaySeconds) => {
  expect(parseCurrentRetryAfter(value, now)).toBe(delaySeconds);
});

it.each([
  "",
  "-1",
  "1.5",
  "soon",
  "1999-12-31T23:59:59Z",
  "Sat, 31 Dec 1999 23:59:59 GMT",
  "Fri, 31 Dec 1999 23:59:59 UTC",
  "Friday, 31-Dec-99 23:59:59 GMT",
  "Fri Dec 31 23:59:59 1999",
  "Invalid Date",
])("leaves %j to others", (value) => {
  expect(parseCurrentRetryAfter(value, now)).toBeUndefined();
});
