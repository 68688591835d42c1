import { parseDpopNonce } from "@credicorp/oauth-core/protocol";
import { expect, it } from "vitest";

it("reads the nonce of the example of RFC 9449 section 8", () => {
  expect(parseDpopNonce("eyJ7S_zG.eyJH0-Z.HX4w-7v")).toBe("eyJ7S_zG.eyJH0-Z.HX4w-7v");
});

it.each([
  ["nothing", null],
  ["an absent field", undefined],
  ["an empty field", ""],
  ["a space", "a b"],
  ["two fields in one", "one, two"],
  ["a quote", 'a"b'],
  ["a backslash", "a\\b"],
  ["a line break", "a\r\nb"],
  ["a letter outside of ASCII", "ü"],
  ["more than fits a header", "x".repeat(1025)],
])("does not take %s for a nonce", (_name, value) => {
  expect(parseDpopNonce(value)).toBeUndefined();
});
