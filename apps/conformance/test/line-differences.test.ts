import { findLineDifferences, isSameText } from "@credicorp/conformance";
import { describe, expect, it } from "vitest";

describe("findLineDifferences", () => {
  it("names the lines that only one text has", () => {
    expect(findLineDifferences("a\nb\nc", "a\nx\nc\ny")).toEqual({
      removed: ["b"],
      added: ["x", "y"],
    });
  });

  it("counts a line that occurs more often", () => {
    expect(findLineDifferences("a", "a\na")).toEqual({ removed: [], added: ["a"] });
  });

  it("does not see the line breaks of the platform", () => {
    expect(findLineDifferences("a\r\nb", "a\nb")).toEqual({ removed: [], added: [] });
  });
});

describe("isSameText", () => {
  it("sees order, and not the line breaks of the platform", () => {
    expect(isSameText("a\r\nb", "a\nb")).toBe(true);
    expect(isSameText("a\nb", "b\na")).toBe(false);
  });
});
