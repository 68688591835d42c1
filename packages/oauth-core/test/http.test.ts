import type { HeaderList } from "@credicorp/oauth-core";
import { headerValues, singleHeaderValue } from "@credicorp/oauth-core";
import { describe, expect, it } from "vitest";

const headers: HeaderList = [
  ["Authorization", "Bearer a"],
  ["X-Forwarded-For", "10.0.0.1"],
  ["authorization", "Bearer b"],
  ["Content-Type", "text/plain"],
  ["__proto__", "x"],
];

describe("headerValues", () => {
  it("returns every value of a field, in order, whatever the case of its name", () => {
    expect(headerValues(headers, "authorization")).toEqual(["Bearer a", "Bearer b"]);
  });

  it("returns nothing for a field that is absent", () => {
    expect(headerValues(headers, "dpop")).toEqual([]);
    expect(headerValues(headers, "constructor")).toEqual([]);
    expect(headerValues([], "authorization")).toEqual([]);
  });

  it("takes names that prototypes have for names", () => {
    expect(headerValues(headers, "__proto__")).toEqual(["x"]);
  });

  it("does not take a name that begins or ends alike", () => {
    expect(headerValues([["authorization2", "x"]], "authorization")).toEqual([]);
    expect(headerValues([["x-authorization", "x"]], "authorization")).toEqual([]);
  });
});

describe("singleHeaderValue", () => {
  it("returns the only value of a field", () => {
    expect(singleHeaderValue(headers, "content-type")).toBe("text/plain");
  });

  it("ATK-42 returns nothing for a field that is repeated, nor for one that is absent", () => {
    expect(singleHeaderValue(headers, "authorization")).toBeUndefined();
    expect(singleHeaderValue(headers, "dpop")).toBeUndefined();
  });

  it("tells an empty value from an absent one", () => {
    expect(singleHeaderValue([["DPoP", ""]], "dpop")).toBe("");
  });
});
