import type { HeaderList } from "@credicorp/oauth-core";
import { parseForm, parseTokenManagementRequest } from "@credicorp/oauth-core/protocol";
import {
  formatIntrospectionRequest,
  readIntrospectionAnswer,
} from "@credicorp/oauth-core/resource-server";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { bytes } from "../../support/node-ports.ts";

const url = "https://as.example/introspect";
const now = 1_700_000_000;

function read(
  body: string,
  change: { status?: number; headers?: HeaderList; isSigned?: boolean } = {},
): ReturnType<typeof readIntrospectionAnswer> {
  const {
    status = 200,
    headers = [["Content-Type", "application/json"]],
    isSigned = false,
  } = change;
  const response = { status, headers, body: bytes.encodeUtf8(body) };
  return readIntrospectionAnswer(response, { isSigned, bytes, now });
}

describe("an exchange with an introspection endpoint", () => {
  it("sends what the server reads: the token, the hint, and what proves the caller", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("\0")),
        fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
        (token, clientAssertion) => {
          const { body = "" } = formatIntrospectionRequest({
            url,
            token,
            credentials: { fields: { clientAssertion } },
            isSigned: false,
          });
          const fields = parseForm(bytes.encodeUtf8(body), { maxBytes: 1e6, maxFields: 10 });
          const received = fields.ok ? parseTokenManagementRequest(fields.value) : fields;
          expect(received).toMatchObject({
            ok: true,
            value: {
              token: { ok: true, value: token },
              tokenTypeHint: "access_token",
              authentication: { clientAssertion },
            },
          });
        },
      ),
    );
  });

  it("INT-13 asks for one media type, and reads no other", () => {
    const question = { url, token: "a", credentials: { headers: [["X-Proof", "p"]] as const } };
    expect(formatIntrospectionRequest({ ...question, isSigned: false }).headers).toEqual([
      ["Accept", "application/json"],
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["X-Proof", "p"],
    ]);
    expect(formatIntrospectionRequest({ ...question, isSigned: true }).headers[0]).toEqual([
      "Accept",
      "application/token-introspection+jwt",
    ]);
    for (const type of ["application/json; charset=utf-8", "Application/JSON"]) {
      expect(read('{"active":false}', { headers: [["content-type", type]] })).toEqual({
        kind: "plain",
        response: { active: false },
      });
    }
    for (const type of ["text/html", "application/json; charset=latin1", "", "application/jwt"]) {
      expect(read('{"active":true}', { headers: [["Content-Type", type]] })).toMatchObject({
        outage: { code: "introspection_media_type" },
      });
    }
    expect(read('{"active":true}', { isSigned: true })).toMatchObject({
      outage: { code: "introspection_media_type" },
    });
  });

  it.each([
    { value: "30", seconds: 30 },
    { value: "Tue, 14 Nov 2023 22:13:50 GMT", seconds: 30 },
    { value: "soon", seconds: undefined },
    { value: "-1", seconds: undefined },
  ])("reads Retry-After: $value", ({ value, seconds }) => {
    const headers = [["Retry-After", value]] as const;
    for (const status of [401, 429, 503]) {
      expect(read("", { status, headers })).toMatchObject({
        outage: { retryAfterSeconds: seconds },
      });
    }
  });

  it("ATK-52 makes nothing of bytes that are no UTF-8, nor of a BOM", () => {
    const headers = [["Content-Type", "application/json"]] as const;
    for (const body of [
      Uint8Array.of(0xff, 0xfe),
      Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes.encodeUtf8('{"active":true}')),
    ]) {
      const answer = { status: 200, headers, body };
      expect(readIntrospectionAnswer(answer, { isSigned: false, bytes, now })).toMatchObject({
        outage: { code: "introspection_not_json" },
      });
    }
  });

  it("ATK-52 takes no text for active that is not a boolean true in a well-formed object", () => {
    const json = fc.oneof(
      fc.json(),
      fc.json().map((value) => `{"active":${value}}`),
      fc.string().map((text) => `{"active":true${text}`),
      fc.json().map((value) => `{"active":true,"active":${value}}`),
    );
    fc.assert(
      fc.property(json, (body) => {
        const answer = read(body);
        let parsed: unknown;
        try {
          parsed = JSON.parse(body);
        } catch {
          parsed = undefined;
        }
        const isActive = answer.kind === "plain" && answer.response.active;
        if (!isActive) return;
        expect(parsed).toMatchObject({ active: true });
        expect(body.split('"active"').length).toBe(2);
      }),
    );
  });
});
