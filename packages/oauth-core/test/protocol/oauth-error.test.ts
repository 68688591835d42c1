import { formatOAuthError, parseOAuthError } from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyText, errorText, visibleText } from "../support/wire-texts.ts";

const short = (text: string): boolean => text.length <= 256;

describe("OAuth error document", () => {
  it("reads back every document it wrote", () => {
    const uri = visibleText.filter((text) => short(text) && !/["\\]/.test(text));
    const anyDocument = fc.record(
      { error: errorText.filter(short), errorDescription: errorText.filter(short), errorUri: uri },
      { requiredKeys: ["error"] },
    );
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(parseOAuthError(formatOAuthError(document))).toEqual(document);
      }),
    );
  });

  it("has the example of RFC 6749 section 5.2", () => {
    expect(formatOAuthError({ error: "invalid_request" })).toBe('{"error":"invalid_request"}');
    expect(parseOAuthError('{"error":"invalid_request"}')).toEqual({ error: "invalid_request" });
  });

  it("TOK-16 writes nothing outside of the RFC's characters, whatever the description", () => {
    const anything = fc.string({
      unit: fc.oneof(anyText, fc.constantFrom('"', "\\", "\r", "\ud800")),
    });
    fc.assert(
      fc.property(anything, anything, (error, errorDescription) => {
        const body = JSON.parse(formatOAuthError({ error, errorDescription })) as Record<
          string,
          string
        >;

        expect(body["error"]).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/);
        expect(body["error_description"]).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/);
      }),
    );
  });

  it("TOK-16 puts a question mark for each forbidden character", () => {
    const body = formatOAuthError({ error: "e", errorDescription: 'a"b\\c\r\nd\u00e9' });

    expect(JSON.parse(body)).toEqual({ error: "e", error_description: "a?b?c??d?" });
  });

  it.each([
    "https://a.example/ b",
    'https://a.example/"',
    "https://a.example/\n",
    "https://\u00e9",
    "",
  ])("TOK-16 leaves out an error_uri that is none: %j", (errorUri) => {
    expect(formatOAuthError({ error: "e", errorUri })).toBe('{"error":"e"}');
  });

  it("carries further members after error, which they cannot replace", () => {
    const extensions = { status: 400, error: "x", error_description: "x", error_uri: "x" };
    const body = formatOAuthError({ error: "e", errorDescription: "d", extensions });

    expect(body).toBe('{"error":"e","error_description":"d","status":400}');
  });

  it("carries a member of any name without touching a prototype", () => {
    const extensions = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as object;
    const body = formatOAuthError({ error: "e", extensions: { ...extensions } });

    expect(body).toBe('{"error":"e","__proto__":{"polluted":true},"constructor":1}');
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it.each([
    ["a page", "<html></html>"],
    ["nothing", ""],
    ["an answer without error", '{"message":"no"}'],
    ["an empty error", '{"error":""}'],
    ["an error object", '{"error":{"code":400}}'],
    ["a null error", '{"error":null}'],
    ["an error in the prototype", '{"__proto__":{"error":"x"}}'],
    ["a list", '[{"error":"x"}]'],
  ])("CLI-21 does not take for an error document: %s", (_name, body) => {
    expect(parseOAuthError(body)).toBeUndefined();
  });

  it("CLI-21 reads an error beside other members, as in a 200 or a 5xx", () => {
    expect(parseOAuthError('{"ok":true,"error":"server_error","access_token":"x"}')).toEqual({
      error: "server_error",
    });
  });

  it("CLI-31 strips control characters and cuts long texts", () => {
    const error = "e\u001b[31m\n";
    const body = JSON.stringify({ error, error_description: `\u202e${"d".repeat(1000)}` });

    expect(parseOAuthError(body)).toEqual({
      error: "e?[31m?",
      errorDescription: `?${"d".repeat(255)}`,
    });
  });

  it("ignores a description or a URI that is no text", () => {
    expect(parseOAuthError('{"error":"e","error_description":{"a":1},"error_uri":1}')).toEqual({
      error: "e",
    });
  });
});
