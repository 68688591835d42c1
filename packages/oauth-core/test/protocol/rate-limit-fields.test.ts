import type { RateLimitFields } from "@credicorp/oauth-core/protocol";
import { formatRateLimitFields, parseRateLimitFields } from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { errorText } from "../support/wire-texts.ts";

const parse = (policy: string, ratelimit: string): RateLimitFields | undefined =>
  parseRateLimitFields({ "ratelimit-policy": policy, ratelimit });
const token = {
  policy: "token",
  quota: 60,
  windowSeconds: 60,
  remaining: 12,
  resetAfterSeconds: 31,
};

describe("RateLimit fields", () => {
  it("RL-02 reads back whatever it wrote", () => {
    const count = fc.nat({ max: 999_999_999 });
    const anyFields = fc.record({
      policy: errorText,
      quota: count,
      windowSeconds: count,
      remaining: count,
      resetAfterSeconds: count,
    });
    fc.assert(
      fc.property(anyFields, (fields) => {
        expect(parseRateLimitFields(formatRateLimitFields(fields))).toEqual(fields);
      }),
    );
  });

  it("RL-02 has the shape that the checklist decided on", () => {
    expect(formatRateLimitFields(token)).toEqual({
      "ratelimit-policy": '"token";q=60;w=60',
      ratelimit: '"token";r=12;t=31',
    });
  });

  it("reads the examples of the draft with a fixed and with a dynamic window", () => {
    const common = { quota: 100, windowSeconds: 60, resetAfterSeconds: 50 };

    expect(parse('"fixedwindow";q=100;w=60', '"fixedwindow";r=99;t=50')).toEqual({
      ...common,
      policy: "fixedwindow",
      remaining: 99,
    });
    expect(parse('"dynamic";q=100;w=60', '"dynamic";r=9;t=50')).toEqual({
      ...common,
      policy: "dynamic",
      remaining: 9,
    });
  });

  it("RL-02 writes whole numbers that are not negative, and never an earlier reset", () => {
    const fields = formatRateLimitFields({
      policy: "token",
      quota: 60.9,
      windowSeconds: 59.1,
      remaining: -0.5,
      resetAfterSeconds: 0.001,
    });

    expect(fields).toEqual({
      "ratelimit-policy": '"token";q=60;w=60',
      ratelimit: '"token";r=0;t=1',
    });
    expect(formatRateLimitFields({ ...token, resetAfterSeconds: -3 }).ratelimit).toBe(
      '"token";r=12;t=0',
    );
  });

  it("does not let a policy's name break out of its quotes or its line", () => {
    const { ratelimit } = formatRateLimitFields({ ...token, policy: 'a";r=9\\\r\nX: \u00e9' });

    expect(ratelimit).toBe('"a?;r=9???X: ?";r=12;t=31');
  });

  it("takes a space after a semicolon (RFC 9651 section 4.2.3.2)", () => {
    expect(parse('"token"; q=60; w=60', '"token"; r=12; t=31')).toEqual(token);
  });

  it.each([
    ["nothing", "", ""],
    ["two policies", '"a";q=1;w=1, "b";q=1;w=1', '"a";r=1;t=1'],
    ["fields of different policies", '"a";q=1;w=1', '"b";r=1;t=1'],
    ["a name without quotes", "a;q=1;w=1", "a;r=1;t=1"],
    ["a negative number", '"a";q=1;w=1', '"a";r=-1;t=1'],
    ["a fraction", '"a";q=1;w=1', '"a";r=1.5;t=1'],
    ["16 digits", '"a";q=1;w=1', '"a";r=1;t=1000000000000000'],
    ["no reset", '"a";q=1;w=1', '"a";r=1'],
    ["a partition key", '"a";q=1;w=1;pk=:cHsdsRa894==:', '"a";r=1;t=1'],
    ["a line feed at the end", '"a";q=1;w=1\n', '"a";r=1;t=1'],
    ["the three fields of older drafts", "100", "limit=100, remaining=50, reset=50"],
  ])("does not read %s", (_name, policy, state) => {
    expect(parse(policy, state)).toBeUndefined();
  });
});
