import type { FindTexts, Range } from "./find-texts.ts";
import { shortestText } from "./find-texts.ts";
import { readingsOf } from "./text-readings.ts";

/** Stands for what is not shown. */
export const redacted = "[redacted]";

/** Returns a text without the secrets and tokens in it, however they are encoded. */
export type HideSecrets = (text: string) => string;

// Base64url of `{"`; or of a brace and white space, and then of several parts.
const jwtLooking = /eyJ[\w-]+(?:\.[\w-]*)*|e[wy][\w-]{8,}\.[\w-]+(?:\.[\w-]*)*/g;
const jwtWithin = /e[wy][\w-]{8,}\.[\w-]/;
// 128 bits, which every secret has, are 20 characters at least: 27 of base64.
const base64Looking = /[A-Za-z0-9+/_-]{24,}=*/g;

// Most texts of a journal are the same again and again: fields, grants, scopes.
const longestRemembered = 256;
const mostRemembered = 5000;

/** Makes what hides whatever one of the searches finds; it remembers what it has seen, and is good for one look. */
export function createHiding(searches: readonly FindTexts[]): HideSecrets {
  const remembered = new Map<string, string>();
  const find = (text: string): readonly Range[] => searches.flatMap((search) => search(text));
  const hide = (text: string): string => {
    const ranges = readingsOf(text).flatMap(({ text: read, placeOf }) =>
      [...find(read), ...matchesOf(read, jwtLooking), ...findBase64(read, find)].map(
        ({ start, end }) => ({ start: placeOf(start), end: placeOf(end) }),
      ),
    );
    return ranges.length === 0 ? text : replaceRanges(text, ranges);
  };

  return (text) => {
    if (text.length < shortestText) return text;
    if (text.length > longestRemembered) return hide(text);
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const hidden = hide(text);
    if (remembered.size < mostRemembered) remembered.set(text, hidden);
    return hidden;
  };
}

/** Finds what is a secret in base64, of either alphabet, be there something before it or behind it. */
function findBase64(text: string, find: FindTexts): readonly Range[] {
  return matchesOf(text, base64Looking).filter(({ start, end }) => {
    // Where in the row it begins nobody knows, but every fourth character is alike.
    return [0, 1, 2, 3].some((offset) => {
      const decoded = Buffer.from(text.slice(start + offset, end), "base64").toString("latin1");
      return (
        jwtWithin.test(decoded) ||
        readingsOf(decoded).some(({ text: read }) => find(read).length > 0)
      );
    });
  });
}

function matchesOf(text: string, pattern: RegExp): readonly Range[] {
  return Array.from(text.matchAll(pattern), ({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

function replaceRanges(text: string, ranges: readonly Range[]): string {
  let shown = "";
  let position = 0;
  for (const { start, end } of ranges.toSorted((one, other) => one.start - other.start)) {
    if (start >= position) shown += text.slice(position, start) + redacted;
    position = Math.max(position, end);
  }
  return shown + text.slice(position);
}
