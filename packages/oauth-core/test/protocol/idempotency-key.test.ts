import {
  formatIdempotencyKey,
  formatRandomUuid,
  parseIdempotencyKey,
} from "@credicorp/oauth-core/protocol";
import fc from "fast-check";
import { expect, it } from "vitest";

it("reads the example of the draft, section 2.1", () => {
  const field = '"8e03978e-40d5-43e8-bc93-6894a57f9324"';

  expect(parseIdempotencyKey(field)).toEqual({
    ok: true,
    value: "8e03978e-40d5-43e8-bc93-6894a57f9324",
  });
});

it("reads every key of printable ASCII that it has written", () => {
  const keys = fc.string({ unit: "grapheme-ascii", minLength: 1 });

  fc.assert(
    fc.property(keys, (key) => {
      expect(parseIdempotencyKey(formatIdempotencyKey(key))).toEqual({ ok: true, value: key });
    }),
  );
});

it.each([
  { name: "a key without quotes", field: "8e03978e" },
  { name: "an empty key", field: '""' },
  { name: "an open quote", field: '"8e03978e' },
  { name: "a quote within", field: '"8e"03978e"' },
  { name: "an escape of another character", field: '"8e\\03978e"' },
  { name: "a character beyond ASCII", field: '"ü"' },
  { name: "a parameter", field: '"8e03978e";a=1' },
])("refuses $name", ({ field }) => {
  expect(parseIdempotencyKey(field)).toMatchObject({
    ok: false,
    failure: { code: "idempotency_key_malformed" },
  });
});

it("makes a UUID of version 4 from random bytes", () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => (index * 17) % 256);

  expect(formatRandomUuid(bytes)).toBe("00112233-4455-4677-8899-aabbccddeeff");
  expect(formatRandomUuid(new Uint8Array(16).fill(255))).toBe(
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
  );
});
