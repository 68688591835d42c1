import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createKnownSecrets } from "../../src/secrets/known-secrets.ts";
import { encodings } from "../support/planted-secrets.ts";

const secret = "mossy.stones/Rabbit:under+the&bridge";

describe("a text with a secret", () => {
  it.each([...encodings])("is shown without it, whatever is around it: %s", (_name, encode) => {
    const secrets = createKnownSecrets();
    secrets.note(secret);
    const hide = secrets.beginLook();

    for (const before of ["", "a", "ab", "abc", "abcd", "ä ", "%", "%4"]) {
      for (const after of ["", ".", " b", ",%"]) {
        const shown = hide(`${before}${encode(secret)}${after}`);

        expect(shown).toContain("[redacted]");
        expect(shown.length).toBeLessThan(before.length + after.length + 32);
      }
    }
  });

  it("keeps all that is none", () => {
    const secrets = createKnownSecrets();
    secrets.note(secret);
    const hide = secrets.beginLook();
    const others = fc.string({ unit: "grapheme", maxLength: 400 });

    fc.assert(
      fc.property(others, others, (before, after) => {
        expect(hide(before)).toBe(before);
        expect(hide(`${before} ${secret} ${after}`)).toBe(`${before} [redacted] ${after}`);
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 100 },
    );
  });

  it("is shown without the longest of secrets that begin alike, and without two that overlap", () => {
    const secrets = createKnownSecrets();
    for (const one of ["purple-rabbit-hole", "purple-rabbit", "purple-ra", "hole-in-the-wall"]) {
      secrets.note(one);
    }
    const hide = secrets.beginLook();

    expect(hide("a purple-rabbit-hole b")).toBe("a [redacted] b");
    expect(hide("a purple-rabbit b")).toBe("a [redacted] b");
    expect(hide("a purple-rabbit-hole-in-the-wall b")).toBe("a [redacted] b");
  });

  it("knows what was noted since the last look, and nothing that is shorter than a word", () => {
    const secrets = createKnownSecrets();
    secrets.note("1234567");
    expect(secrets.beginLook()("1234567 12345678")).toBe("1234567 12345678");

    secrets.note("12345678");

    expect(secrets.beginLook()("1234567 12345678")).toBe("1234567 [redacted]");
  });
});
