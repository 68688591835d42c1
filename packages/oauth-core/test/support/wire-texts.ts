/**
 * Arbitrary texts as the grammars of the RFCs have them.
 *
 * @module
 */
import fc from "fast-check";

/** Any Unicode text without lone surrogates. */
export const anyText = fc.string({ unit: "binary" });

/** Any Unicode text without lone surrogates and NUL, which is what a form can carry. */
export const formText = anyText.filter((text) => !text.includes("\0"));

/** A text over the characters for which `isMember` holds, of at least `minLength`. */
export function asciiText(
  isMember: (character: string) => boolean,
  minLength = 1,
): fc.Arbitrary<string> {
  const characters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
  return fc.string({ unit: fc.constantFrom(...characters.filter(isMember)), minLength });
}

/** RFC 6749 appendix A: %x21-7E. */
export const visibleText = asciiText((character) => /[\x21-\x7e]/.test(character));

/** RFC 6749 section 5.2: what an error or its description may hold. */
export const errorText = asciiText((character) => /[\x20\x21\x23-\x5b\x5d-\x7e]/.test(character));

/** RFC 9110 section 5.6.2. */
export const tokenText = asciiText((character) => /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(character));

/** A set of scope tokens, RFC 6749 section 3.3. */
export const scopeSet = fc.uniqueArray(
  asciiText((character) => /[\x21\x23-\x5b\x5d-\x7e]/.test(character)),
  { minLength: 1, maxLength: 8 },
);
