import { formatHttpDate } from "@credicorp/oauth-core/protocol";
import { readIssuerOffset } from "@credicorp/oauth-core/resource-server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("readIssuerOffset", () => {
  it("holds the true offset within what it leaves open, wherever in the exchange the Date was written", () => {
    const offset = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const startedAt = fc.double({ min: 1.7e9, max: 1.8e9, noNaN: true });
    const elapsedMs = fc.double({ min: 0, max: 60_000, noNaN: true });
    const age = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({ offset, startedAt, elapsedMs, part, age }),
        ({
          offset: truth,
          startedAt: started,
          elapsedMs: elapsed,
          part: written,
          age: inCache,
        }) => {
          const writtenAt = started + (elapsed / 1000) * written + truth;
          const headers = [
            ["Date", formatHttpDate(writtenAt - (inCache ?? 0))],
            ...(inCache === undefined ? [] : [["Age", `${Math.floor(inCache)}`]]),
          ] as [string, string][];
          const read = readIssuerOffset(headers, {
            now: started + elapsed / 1000,
            elapsedMs: elapsed,
          });

          const error = Math.abs((read?.offsetSeconds ?? Infinity) - truth);
          expect(error).toBeLessThanOrEqual((read?.uncertaintySeconds ?? 0) + 1e-5);
          expect(read?.uncertaintySeconds).toBeLessThanOrEqual(1 + elapsed / 2000);
        },
      ),
    );
  });

  it.each([
    ["no Date", []],
    [
      "two",
      [
        ["Date", formatHttpDate(0)],
        ["Date", formatHttpDate(0)],
      ],
    ],
    ["one that is none", [["Date", "yesterday"]]],
    [
      "an Age that is none",
      [
        ["Date", formatHttpDate(0)],
        ["Age", "-1"],
      ],
    ],
  ] as [string, [string, string][]][])("reads nothing from %s", (_name, headers) => {
    expect(readIssuerOffset(headers, { now: 1_700_000_000, elapsedMs: 1 })).toBeUndefined();
  });
});
