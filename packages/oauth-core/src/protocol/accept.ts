/**
 * The `Accept` field: which media types the sender of a request can take.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 | RFC 9110 section 12.5.1}
 * @module
 */

import { scanText } from "./text-scanner.ts";

/** One media range of the field. */
export interface AcceptedMediaRange {
  /** In lower case: `application/json`, `application/*`, or a star for both halves. */
  readonly range: string;

  /** Whether it has parameters of its own, and so means less than its name. */
  readonly hasParameters: boolean;

  /** From 0, not acceptable, to 1, in thousandths. */
  readonly quality: number;
}

const token = "[!#$%&'*+.^_`|~0-9a-z-]+";
const rangePattern = new RegExp(`(?:${token})/(?:${token})`, "y");
const parameterPattern = new RegExp(
  `[ \\t]*;[ \\t]*(?:(${token})=(?:(${token})|"(?:[^"\\\\]|\\\\.)*"))?`,
  "y",
);
const separatorPattern = /[ \t,]*/y;
const endPattern = /[ \t]*(?:,|$)/y;
const weightPattern = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;
const maxLength = 1024;

/** Writes the field for ranges without parameters. */
export function formatAccept(
  ranges: readonly Pick<AcceptedMediaRange, "range" | "quality">[],
): string {
  return ranges
    .map(({ range, quality }) => (quality === 1 ? range : `${range};q=${quality.toFixed(3)}`))
    .join(", ");
}

/**
 * Reads the field, its repetitions joined by commas; `undefined` when it is malformed or longer than 1024 characters.
 *
 * A server may do with a malformed field as with none at all.
 */
export function parseAccept(value: string): readonly AcceptedMediaRange[] | undefined {
  if (value.length > maxLength) return undefined;
  const { take, isAtEnd } = scanText(value.toLowerCase());
  const ranges: AcceptedMediaRange[] = [];
  for (take(separatorPattern); !isAtEnd(); take(separatorPattern)) {
    const range = take(rangePattern)?.[0];
    if (range === undefined || (range.startsWith("*/") && range !== "*/*")) return undefined;
    let weight: string | undefined;
    let hasParameters = false;
    for (let match = take(parameterPattern); match !== undefined; match = take(parameterPattern)) {
      const [, name, plain] = match;
      if (name === "q") {
        if (weight !== undefined || plain === undefined) return undefined;
        weight = plain;
      } else if (name !== undefined) hasParameters = true;
    }
    if (take(endPattern) === undefined) return undefined;
    if (weight !== undefined && !weightPattern.test(weight)) return undefined;
    ranges.push({ range, hasParameters, quality: weight === undefined ? 1 : Number(weight) });
  }
  return ranges;
}

/** Returns how welcome a media type without parameters is; the range that names it most closely decides, 0 is not at all. */
export function qualityOf(ranges: readonly AcceptedMediaRange[], mediaType: string): number {
  const [type = ""] = mediaType.split("/", 1);
  for (const name of [mediaType, `${type}/*`, "*/*"]) {
    const found = ranges.find(({ range, hasParameters }) => range === name && !hasParameters);
    if (found !== undefined) return found.quality;
  }
  return 0;
}
