import type { HeaderList } from "@credicorp/oauth-core";
import { parseKeySetResponse } from "@credicorp/oauth-core/key-set";
import { describe, expect, it } from "vitest";

import { bytes, createTestKey } from "../support/node-ports.ts";

const { jwk } = createTestKey("k1");

function read(body: string | Uint8Array, options: { status?: number; headers?: HeaderList } = {}) {
  const { status = 200, headers = [] } = options;
  const data = typeof body === "string" ? bytes.encodeUtf8(body) : body;
  return parseKeySetResponse({ status, headers, body: data }, bytes);
}

function failureOf(result: ReturnType<typeof read>): string | undefined {
  return result.ok ? undefined : result.failure.code;
}

describe("parseKeySetResponse", () => {
  it("reads keys and how long they may be used", () => {
    const headers = [["Cache-Control", "public, max-age=120"]] as const;

    expect(read(JSON.stringify({ keys: [jwk] }), { headers })).toEqual({
      ok: true,
      value: { keys: [jwk], maxAgeSeconds: 120 },
    });
    expect(read('{"keys":[]}')).toEqual({
      ok: true,
      value: { keys: [], maxAgeSeconds: undefined },
    });
  });

  it.each([
    ['"v1"', '"v1"'],
    ['W/"v1"', 'W/"v1"'],
    ["v1", undefined],
    ['"a b"', undefined],
    ['"v1", "v2"', undefined],
    [`"${"x".repeat(257)}"`, undefined],
  ])("takes %s for the entity tag %s", (value, etag) => {
    expect(read('{"keys":[]}', { headers: [["ETag", value]] })).toMatchObject({ value: { etag } });
  });

  it("takes no entity tag of two", () => {
    const headers = [
      ["ETag", '"a"'],
      ["etag", '"b"'],
    ] as const;

    expect(read('{"keys":[]}', { headers })).toMatchObject({ value: { etag: undefined } });
  });

  it("ATK-18 leaves out entries that are no public keys", () => {
    const result = read(
      JSON.stringify({
        keys: [null, 1, "k", [], { ...jwk, d: "AA" }, { kty: "oct", k: "AA" }, jwk],
      }),
    );

    expect(result).toMatchObject({ ok: true, value: { keys: [jwk] } });
  });

  it.each([201, 204, 301, 302, 304, 307, 308, 401, 404, 500, 503])(
    "ATK-18 refuses status %i",
    (status) => {
      expect(failureOf(read(JSON.stringify({ keys: [jwk] }), { status }))).toBe("jwks_status");
    },
  );

  it.each([
    ["HTML", "<!doctype html>", "jwks_not_json"],
    ["nothing", "", "jwks_not_json"],
    ["an array", "[]", "jwks_not_json"],
    ["keys that are no array", '{"keys":{}}', "jwks_keys_invalid"],
    ["no keys member", "{}", "jwks_keys_invalid"],
    [
      "51 keys",
      JSON.stringify({ keys: Array.from({ length: 51 }, () => jwk) }),
      "jwks_too_many_keys",
    ],
    ["invalid UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), "jwks_not_json"],
    ["65,537 bytes", `{"keys":[]}${" ".repeat(65_537 - 11)}`, "jwks_too_large"],
  ])("ATK-18 refuses %s", (_name, body, code) => {
    expect(failureOf(read(body))).toBe(code);
  });

  it("takes 50 keys and 65,536 bytes", () => {
    expect(read(JSON.stringify({ keys: Array.from({ length: 50 }, () => jwk) })).ok).toBe(true);
    expect(read(`{"keys":[]}${" ".repeat(65_536 - 11)}`).ok).toBe(true);
  });
});
