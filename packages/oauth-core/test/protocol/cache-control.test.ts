import { formatPublicCacheControl, parseCacheControl } from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("Cache-Control", () => {
  it("reads back every max-age it wrote", () => {
    fc.assert(
      fc.property(fc.nat(), (maxAgeSeconds) => {
        expect(parseCacheControl(formatPublicCacheControl(maxAgeSeconds))).toEqual({
          maxAgeSeconds,
        });
      }),
    );
  });

  it("writes a public document", () => {
    expect(formatPublicCacheControl(300)).toBe("public, max-age=300");
  });

  it.each([
    ["nothing", "", undefined],
    ["other directives", "public, must-revalidate", undefined],
    ["an age among others", "public, MAX-AGE=60, immutable", 60],
    ["an age in quotes", 'max-age="60"', 60],
    ["no white space", "public,max-age=60", 60],
    ["no-store, before an age", "no-store, max-age=60", 0],
    ["no-cache, after an age", "max-age=60, No-Cache", 0],
    ["no-cache for a field", 'no-cache="set-cookie", max-age=60', 0],
    ["a repeated age", "max-age=60, max-age=90", 0],
    ["s-maxage, which is for shared caches", "s-maxage=60", undefined],
    ["an age too large", "max-age=99999999999999999999", 2_147_483_648],
    ["empty elements", ", ,max-age=60,,", 60],
  ])("reads %s", (_name, value, maxAgeSeconds) => {
    expect(parseCacheControl(value)).toEqual({ maxAgeSeconds });
  });

  it.each([
    "max-age",
    "max-age=",
    "max-age=x",
    "max-age=-1",
    "max-age=1.5",
    "max-age=60=60",
    'max-age="60',
    'max-age=60"',
    "max-age=60;",
    "max-age=\u0661",
  ])("counts a malformed age as 0: %j", (value) => {
    expect(parseCacheControl(value)).toEqual({ maxAgeSeconds: 0 });
  });
});
